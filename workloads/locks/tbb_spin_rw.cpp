// tbb-spin-rw: oneTBB's spin_rw_mutex. One word; a waiting writer stops new readers; all spin, then yield.
#include <tbb/spin_rw_mutex.h>

#include "kit/lockable.hpp"

namespace {
struct TbbSpinRw : fairground::kit::SharedLockable<tbb::spin_rw_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-spin-rw",
      .group = "reader-writer",
      .summary = "oneTBB's spin_rw_mutex: one word, spins and yields, a waiting writer stops new readers",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_spin_rw, fairground::kit::Locked<TbbSpinRw>)
