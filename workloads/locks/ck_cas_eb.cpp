// ck-cas-eb: ck-cas with exponential back-off: it compares and swaps without looking first, and waits twice as long
// after each failure. Less traffic on the line, and the longer one has waited, the less often one looks.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/cas.h>
}

namespace {
struct CkCasEb : fairground::kit::CkSpin<ck_spinlock_cas_t, ck_spinlock_cas_init, ck_spinlock_cas_lock_eb,
                                         ck_spinlock_cas_trylock, ck_spinlock_cas_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-cas-eb",
      .group = "spin",
      .summary = "Concurrency Kit's cas lock with exponential back-off: twice as long away after each failure",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_cas_eb, fairground::kit::Locked<CkCasEb>)
