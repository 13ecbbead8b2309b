// tbb-rw: oneTBB's rw_mutex. As spin_rw_mutex, but who waits long sleeps in the library's table of waiting threads.
#include <oneapi/tbb/rw_mutex.h>

#include "kit/lockable.hpp"

namespace {
struct TbbRw : fairground::kit::SharedLockable<tbb::rw_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-rw",
      .group = "reader-writer",
      .summary = "oneTBB's rw_mutex: one word, spins and then sleeps, a waiting writer stops new readers",
      .blocks = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_rw, fairground::kit::Locked<TbbRw>)
