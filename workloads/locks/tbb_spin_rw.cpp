// tbb-spin-rw: oneTBB's spin_rw_mutex. One word; a waiting writer stops new readers; all spin, then yield.
#include <tbb/spin_rw_mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbSpinRw {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-spin-rw",
      .group = "reader-writer",
      .summary = "oneTBB's spin_rw_mutex: one word, spins and yields, a waiting writer stops new readers",
      .processes = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }
  void lock_shared(Local&) { mutex.lock_shared(); }
  void unlock_shared(Local&) { mutex.unlock_shared(); }
  bool try_lock_shared(Local&) { return mutex.try_lock_shared(); }

  tbb::spin_rw_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_spin_rw, fairground::kit::Locked<TbbSpinRw>)
