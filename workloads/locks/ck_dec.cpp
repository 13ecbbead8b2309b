// ck-dec: Concurrency Kit's lock by decrement: whoever brings the word from one to zero has it. The core that has the
// line when it is released tends to win again.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/dec.h>
}

namespace {
struct CkDec : fairground::kit::CkSpin<ck_spinlock_dec_t, ck_spinlock_dec_init, ck_spinlock_dec_lock,
                                       ck_spinlock_dec_trylock, ck_spinlock_dec_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-dec",
      .group = "spin",
      .summary = "Concurrency Kit's decrement lock: who brings the word to zero has it",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_dec, fairground::kit::Locked<CkDec>)
