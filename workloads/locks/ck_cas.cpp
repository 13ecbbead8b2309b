// ck-cas: Concurrency Kit's lock by compare-and-swap: tried until it succeeds, and while it is taken, looking at it.
// The core that has the line when it is released tends to win again.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/cas.h>
}

namespace {
struct CkCas : fairground::kit::CkSpin<ck_spinlock_cas_t, ck_spinlock_cas_init, ck_spinlock_cas_lock,
                                       ck_spinlock_cas_trylock, ck_spinlock_cas_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-cas",
      .group = "spin",
      .summary = "Concurrency Kit's compare-and-swap lock: looks, then swaps, and starts over",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_cas, fairground::kit::Locked<CkCas>)
