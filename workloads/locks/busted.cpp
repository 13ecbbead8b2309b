// busted: a test-and-set lock with a hole. Each look at a taken lock has one chance in 10,000 of walking in all the
// same. It is there to be caught: a validator that lets it pass is worth nothing.
#include <atomic>

#include "kit/lock.hpp"
#include "kit/random.hpp"

namespace {
struct BustedLock {
  static constexpr fairground::kit::LockInfo info{
      .id = "busted",
      .group = "spin",
      .summary = "broken on purpose: now and then two are inside, which verification has to find",
      .processes = true,
  };
  struct Local {
    fairground::kit::Random random{0};
  };
  void join(Local& local, fairground::Worker w) { local.random = fairground::kit::Random(w.seed()); }
  void leave(Local&) {}

  void lock(Local& local) {
    while (taken.exchange(true, std::memory_order_acquire) && local.random.below(10'000) != 0) fairground::kit::relax();
  }
  void unlock(Local&) { taken.store(false, std::memory_order_release); }

  std::atomic<bool> taken;
};

struct Busted : fairground::kit::Locked<BustedLock> {
  using Locked::Locked;
  static constexpr fairground::Description description = [] {
    fairground::Description d = Locked::description;
    d.expects |= FG_EXPECTS(FG_WRONG_RESULT);  // its absence is what is worth a warning
    return d;
  }();
};
}  // namespace

FAIRGROUND_WORKLOAD(busted, Busted)
