// atomic-flag: a lock made of std::atomic_flag alone: test_and_set, wait and notify_one. libstdc++ waits for a flag
// through a table of its own in each process, where one notification wakes all that wait in the same row.
#include <atomic>

#include "kit/lock.hpp"

namespace {
struct AtomicFlag {
  static constexpr fairground::kit::LockInfo info{
      .id = "atomic-flag",
      .group = "blocking",
      .summary = "std::atomic_flag with wait and notify_one: the mutex that C++20 lets one write in two lines",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) {
    while (flag.test_and_set(std::memory_order_acquire)) flag.wait(true, std::memory_order_relaxed);
  }
  void unlock(Local&) {
    flag.clear(std::memory_order_release);
    flag.notify_one();
  }
  bool try_lock(Local&) { return !flag.test_and_set(std::memory_order_acquire); }

  std::atomic_flag flag;
};
}  // namespace

FAIRGROUND_WORKLOAD(atomic_flag, fairground::kit::Locked<AtomicFlag>)
