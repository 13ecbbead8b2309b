// ck-ticket-pb: ck-ticket with proportional back-off (J. Mellor-Crummey and M. Scott, ACM TOCS 1991): who is the k-th
// in line looks again after a time in proportion to k. As fair, with less traffic on the line.
#include "kit/tsan.h"
#include "kit/tuned.hpp"

extern "C" {
#include <spinlock/ticket.h>
}

namespace {
struct CkTicketPb {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-ticket-pb",
      .group = "queue",
      .summary = "Concurrency Kit's ticket lock with proportional back-off: the further behind, the rarer one looks",
      .fifo = true,
      .processes = true,
  };
  struct Options {
    std::int64_t shift = 0;
    static constexpr auto parameters() {
      return std::make_tuple(fairground::integer("shift", &Options::shift, 5, 0, 15,
                                                 "2^shift steps of waiting for each who is before one"));
    }
  };
  struct Local {
    unsigned shift = 0;  // a copy: the lock's own line is what all look at
  };

  void tune(fairground::Host, const Options& options) { shift = static_cast<unsigned>(options.shift); }
  void join(Local& local, fairground::Worker) { local.shift = shift; }
  void leave(Local&) {}

  void lock(Local& local) {
    ck_spinlock_ticket_lock_pb(&ck, local.shift);
    kit_tsan_acquire(&ck);
  }
  void unlock(Local&) {
    kit_tsan_release(&ck);
    ck_spinlock_ticket_unlock(&ck);
  }

  ck_spinlock_ticket_t ck;  // zeroed memory is CK_SPINLOCK_TICKET_INITIALIZER
  unsigned shift = 0;
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_ticket_pb, fairground::kit::Tuned<CkTicketPb>)
