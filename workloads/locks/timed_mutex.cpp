// timed-mutex: std::timed_mutex, which on Linux is the plain pthread mutex with one more way to wait.
#include <chrono>
#include <mutex>

#include "kit/lockable.hpp"

namespace {
struct TimedMutex : fairground::kit::Lockable<std::timed_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "timed-mutex",
      .group = "blocking",
      .summary = "std::timed_mutex: as mutex, and can be waited for for a time",
      .blocks = true,
  };
  bool lock_for(Local&, std::int64_t ns) {
#ifdef FAIRGROUND_TSAN  // which doesn't know of pthread_mutex_clocklock
    return mutex.try_lock_until(std::chrono::system_clock::now() + std::chrono::nanoseconds(ns));
#else
    return mutex.try_lock_for(std::chrono::nanoseconds(ns));
#endif
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(timed_mutex, fairground::kit::Locked<TimedMutex>)
