// latch-std: std::latch, which is good for one meeting. Three of them take turns: while all are on their way to the end
// of a round, everybody has left the latch before the last, and worker 0 makes it anew for the round after this one.
#include <cstddef>
#include <latch>
#include <optional>

#include "kit/meeting.hpp"

namespace {
struct Latch {
  static constexpr fairground::kit::MeetingInfo info{
      .id = "latch-std",
      .summary = "std::latch, a new one for each round",
      .blocks = true,
  };
  struct Local {
    std::uint64_t round = 0;
  };
  void init(fairground::Host host, bool) {
    workers = static_cast<std::ptrdiff_t>(host.workers());
    for (auto& latch : latches) latch.emplace(workers);
  }
  void meet(Local& local, std::uint32_t worker) {
    const std::uint64_t round = local.round++;
    if (worker == 0 && round >= 2) latches[(round + 1) % 3].emplace(workers);  // that of round - 2
    latches[round % 3]->arrive_and_wait();
  }

  std::ptrdiff_t workers = 0;
  std::optional<std::latch> latches[3];
};
}  // namespace

FAIRGROUND_WORKLOAD(latch_std, fairground::kit::Met<Latch>)
