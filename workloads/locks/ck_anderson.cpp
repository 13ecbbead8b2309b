// ck-anderson: the array lock of T. E. Anderson (IEEE TPDS 1990) in Concurrency Kit. First come, first served; each
// waiter looks at a slot of its own, though in this library's array eight slots share a line of 64 bytes.
#include <bit>

#include "kit/lock.hpp"
#include "kit/tsan.h"

extern "C" {
#include <spinlock/anderson.h>
}

namespace {
struct CkAnderson {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-anderson",
      .group = "queue",
      .summary = "Concurrency Kit's array lock: a ring of slots, each waiter looks at its own",
      .fifo = true,
      .processes = true,
  };
  struct Local {
    ck_spinlock_anderson_thread_t* slot = nullptr;
  };

  void init(fairground::Host host, bool) {
    const unsigned slots = std::bit_ceil(host.workers());  // a power of two: taken with one addition
    ck_spinlock_anderson_init(&ck, host.shared<ck_spinlock_anderson_thread_t>(slots), slots);
  }
  void lock(Local& local) {
    ck_spinlock_anderson_lock(&ck, &local.slot);
    kit_tsan_acquire(&ck);
  }
  void unlock(Local& local) {
    kit_tsan_release(&ck);
    ck_spinlock_anderson_unlock(&ck, local.slot);
  }

  ck_spinlock_anderson_t ck;
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_anderson, fairground::kit::Locked<CkAnderson>)
