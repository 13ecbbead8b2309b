// ttas-backoff: test-and-test-and-set, and who fails stays away for a random time whose bound doubles with each failure
// (T. E. Anderson, "The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors", IEEE TPDS 1990). Less
// traffic on the lock's line, and less chance for whoever has failed most often.
#include <algorithm>
#include <atomic>

#include "kit/random.hpp"
#include "kit/tuned.hpp"

namespace {
struct TtasBackoff {
  static constexpr fairground::kit::LockInfo info{
      .id = "ttas-backoff",
      .group = "spin",
      .summary = "test-and-test-and-set with random back-off: the longer one has waited, the less often one looks",
      .processes = true,
  };
  struct Options {
    std::int64_t shortest = 0, longest = 0;
    static constexpr auto parameters() {
      return std::make_tuple(
          fairground::integer("shortest", &Options::shortest, 4, 1, 1 << 20,
                              "pauses, at most, after the first failure"),
          fairground::integer("longest", &Options::longest, 1024, 1, 1 << 20, "pauses, at most, after many"));
    }
  };
  struct Local {
    fairground::kit::Random random{0};
    Options options;  // a copy: the lock's own line is what all fight for
  };

  void tune(fairground::Host, const Options& chosen) { options = chosen; }
  void join(Local& local, fairground::Worker w) { local = {fairground::kit::Random(w.seed()), options}; }
  void leave(Local&) {}

  void lock(Local& local) {
    const std::int64_t longest = local.options.longest;
    for (std::int64_t bound = local.options.shortest; !try_lock(local); bound = std::min(2 * bound, longest)) {
      for (auto pauses = local.random.below(static_cast<std::uint64_t>(bound)) + 1; pauses != 0; --pauses)
        fairground::kit::relax();
      while (taken.load(std::memory_order_relaxed)) fairground::kit::relax();
    }
  }
  void unlock(Local&) { taken.store(false, std::memory_order_release); }
  bool try_lock(Local&) {
    return !taken.load(std::memory_order_relaxed) && !taken.exchange(true, std::memory_order_acquire);
  }

  std::atomic<bool> taken;
  Options options;
};
}  // namespace

FAIRGROUND_WORKLOAD(ttas_backoff, fairground::kit::Tuned<TtasBackoff>)
