// ck-ticket: the ticket lock of Concurrency Kit (http://concurrencykit.org). First come, first served; but when workers
// are more than units, the next in line is often asleep, and each hand-over waits for a time slice.
#include "kit/lock.hpp"

extern "C" {
#include <spinlock/ticket.h>
}

namespace {
struct CkTicket {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-ticket",
      .group = "queue",
      .summary = "Concurrency Kit's ticket lock: spins, first come, first served",
      .fifo = true,
      .processes = true,
  };
  struct Local {};
  void lock(Local&) {
    ck_spinlock_ticket_lock(&ticket);
    fairground::kit::tsan_acquire(&ticket);  // its atomics are inline assembly
  }
  void unlock(Local&) {
    fairground::kit::tsan_release(&ticket);
    ck_spinlock_ticket_unlock(&ticket);
  }
#ifdef CK_F_SPINLOCK_TICKET_TRYLOCK
  bool try_lock(Local&) {
    if (!ck_spinlock_ticket_trylock(&ticket)) return false;
    fairground::kit::tsan_acquire(&ticket);
    return true;
  }
#endif

  ck_spinlock_ticket_t ticket;  // zeroed memory is CK_SPINLOCK_TICKET_INITIALIZER
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_ticket, fairground::kit::Locked<CkTicket>)
