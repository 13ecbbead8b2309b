// barrier-std: std::barrier. In libstdc++ 12 a tree of tickets; waiters spin a little, then sleep.
#include <barrier>
#include <cstddef>
#include <optional>

#include "kit/meeting.hpp"

namespace {
struct Std {
  static constexpr fairground::kit::MeetingInfo info{
      .id = "barrier-std",
      .summary = "std::barrier: waiters spin a little, then sleep",
      .blocks = true,
  };
  struct Local {};
  void init(fairground::Host host, bool) { barrier.emplace(static_cast<std::ptrdiff_t>(host.workers())); }
  void meet(Local&, std::uint32_t) { barrier->arrive_and_wait(); }

  std::optional<std::barrier<>> barrier;
};
}  // namespace

FAIRGROUND_WORKLOAD(barrier_std, fairground::kit::Met<Std>)
