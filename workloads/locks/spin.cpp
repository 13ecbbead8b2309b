// spin: a test-and-test-and-set lock. The core that has the lock's line when it is released tends to win again, and a
// holder that loses its time slice keeps all others spinning.
#include <atomic>

#include "kit/lock.hpp"

namespace {
struct Spin {
  static constexpr fairground::kit::LockInfo info{
      .id = "spin",
      .group = "spin",
      .summary = "test-and-test-and-set with a pause: no queue, no sleep, no promise",
      .processes = true,
  };
  struct Local {};
  void lock(Local&) {
    while (taken.exchange(true, std::memory_order_acquire))
      while (taken.load(std::memory_order_relaxed)) fairground::kit::relax();
  }
  void unlock(Local&) { taken.store(false, std::memory_order_release); }
  bool try_lock(Local&) {
    return !taken.load(std::memory_order_relaxed) && !taken.exchange(true, std::memory_order_acquire);
  }

  std::atomic<bool> taken;
  static_assert(std::atomic<bool>::is_always_lock_free, "processes share it");
};
}  // namespace

FAIRGROUND_WORKLOAD(spin, fairground::kit::Locked<Spin>)
