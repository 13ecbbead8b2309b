// mutex: std::mutex, which on Linux is the plain pthread mutex. Whoever is awake when it is released may take it, so a
// waiter that has just been woken may find it gone again.
#include <mutex>

#include "kit/lock.hpp"

namespace {
struct Mutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "mutex",
      .group = "blocking",
      .summary = "std::mutex: waiters sleep in the kernel, and whoever comes first after a release gets it",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }

  std::mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(mutex, fairground::kit::Locked<Mutex>)
