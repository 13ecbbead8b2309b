// ck-fas-eb: ck-fas with exponential back-off: it exchanges without looking first, and waits twice as long after each
// failure. Less traffic on the line, and the longer one has waited, the less often one looks.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/fas.h>
}

namespace {
struct CkFasEb : fairground::kit::CkSpin<ck_spinlock_fas_t, ck_spinlock_fas_init, ck_spinlock_fas_lock_eb,
                                         ck_spinlock_fas_trylock, ck_spinlock_fas_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-fas-eb",
      .group = "spin",
      .summary = "Concurrency Kit's fas lock with exponential back-off: twice as long away after each failure",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_fas_eb, fairground::kit::Locked<CkFasEb>)
