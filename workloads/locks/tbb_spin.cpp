// tbb-spin: oneTBB's spin_mutex. One byte; a waiter pauses for twice as long each time, and then yields its unit.
#include <tbb/spin_mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbSpin {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-spin",
      .group = "spin",
      .summary = "oneTBB's spin_mutex: one byte, pauses ever longer, then yields; no order",
      .processes = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }

  tbb::spin_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_spin, fairground::kit::Locked<TbbSpin>)
