// tbb-mutex: oneTBB's mutex. One byte; waiters spin a little, then sleep in the library's own table of waiting threads.
#include <oneapi/tbb/mutex.h>

#include "kit/lockable.hpp"

namespace {
struct TbbMutex : fairground::kit::Lockable<tbb::mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-mutex",
      .group = "blocking",
      .summary = "oneTBB's mutex: one byte, waiters spin a little and then sleep, no order",
      .blocks = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_mutex, fairground::kit::Locked<TbbMutex>)
