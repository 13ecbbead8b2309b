// mutex: std::mutex, which on Linux is the plain pthread mutex. Whoever is awake when it is released may take it, so a
// waiter that has just been woken may find it gone again.
#include <mutex>

#include "kit/lockable.hpp"

namespace {
struct Mutex : fairground::kit::Lockable<std::mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "mutex",
      .group = "blocking",
      .summary = "std::mutex: waiters sleep in the kernel, and whoever comes first after a release gets it",
      .blocks = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(mutex, fairground::kit::Locked<Mutex>)
