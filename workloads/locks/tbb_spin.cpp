// tbb-spin: oneTBB's spin_mutex. One byte; a waiter pauses for twice as long each time, and then yields its unit.
#include <tbb/spin_mutex.h>

#include "kit/lockable.hpp"

namespace {
struct TbbSpin : fairground::kit::Lockable<tbb::spin_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-spin",
      .group = "spin",
      .summary = "oneTBB's spin_mutex: one byte, pauses ever longer, then yields; no order",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_spin, fairground::kit::Locked<TbbSpin>)
