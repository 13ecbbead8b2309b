// tbb-mutex: oneTBB's mutex. One byte; waiters spin a little, then sleep in the library's own table of waiting threads.
#include <oneapi/tbb/mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-mutex",
      .group = "blocking",
      .summary = "oneTBB's mutex: one byte, waiters spin a little and then sleep, no order",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }

  tbb::mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_mutex, fairground::kit::Locked<TbbMutex>)
