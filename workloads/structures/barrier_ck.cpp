// barrier-ck: Concurrency Kit's central barrier: a counter and a sense that is reversed. Waiters spin; with more
// workers than units each round takes a time slice.
#include "kit/ck_shim.h"
#include "kit/meeting.hpp"

namespace {
struct Ck {
  static constexpr fairground::kit::MeetingInfo info{
      .id = "barrier-ck",
      .summary = "Concurrency Kit's central barrier: waiters spin on one word",
      .processes = true,
  };
  struct Local {
    unsigned sense = 0;
  };
  void init(fairground::Host host, bool) { workers = host.workers(); }
  void meet(Local& local, std::uint32_t) { kit_ck_barrier_wait(&barrier, &local.sense, workers); }

  kit_ck_barrier barrier{};
  unsigned workers = 0;
};
}  // namespace

FAIRGROUND_WORKLOAD(barrier_ck, fairground::kit::Met<Ck>)
