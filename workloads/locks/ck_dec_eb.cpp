// ck-dec-eb: ck-dec with exponential back-off: it decrements, and waits twice as long after each look at a taken
// lock. Less traffic on the line, and the longer one has waited, the less often one looks.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/dec.h>
}

namespace {
struct CkDecEb : fairground::kit::CkSpin<ck_spinlock_dec_t, ck_spinlock_dec_init, ck_spinlock_dec_lock_eb,
                                         ck_spinlock_dec_trylock, ck_spinlock_dec_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-dec-eb",
      .group = "spin",
      .summary = "Concurrency Kit's dec lock with exponential back-off: twice as long away after each failure",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_dec_eb, fairground::kit::Locked<CkDecEb>)
