// ck-fas: Concurrency Kit's lock by fetch-and-store: an exchange, and while it is taken, looking at it. The core that
// has the line when it is released tends to win again.
#include "kit/ck.hpp"

extern "C" {
#include <spinlock/fas.h>
}

namespace {
struct CkFas : fairground::kit::CkSpin<ck_spinlock_fas_t, ck_spinlock_fas_init, ck_spinlock_fas_lock,
                                       ck_spinlock_fas_trylock, ck_spinlock_fas_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-fas",
      .group = "spin",
      .summary = "Concurrency Kit's exchange lock: looks, then exchanges, and starts over",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_fas, fairground::kit::Locked<CkFas>)
