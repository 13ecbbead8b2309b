// Concurrency Kit's lock cohorts of ticket locks: C-TKT-TKT of D. Dice, V. Marathe and N. Shavit, "Lock Cohorting: A
// General Technique for Designing NUMA Locks", PPoPP 2012. One ticket lock per memory node, and one for all, which a
// node passes on among its own workers up to 10 times in a row.
#pragma once

#include "kit/tsan.h"
#include "kit/tuned.hpp"

extern "C" {
#include <ck_cohort.h>
#include <ck_rwcohort.h>
#include <spinlock/ticket.h>
}

namespace fairground::kit {

// ck_cohort's view of a ticket lock. What is plain in a cohort is guarded by its local lock, hence the words for
// ThreadSanitizer.
inline void ck_cohort_enter(void* lock, void*) {
  ck_spinlock_ticket_lock(static_cast<ck_spinlock_ticket_t*>(lock));
  kit_tsan_acquire(lock);
}
inline void ck_cohort_leave(void* lock, void*) {
  kit_tsan_release(lock);
  ck_spinlock_ticket_unlock(static_cast<ck_spinlock_ticket_t*>(lock));
}
inline bool ck_cohort_taken(void* lock, void*) {
  return ck_spinlock_ticket_locked(static_cast<ck_spinlock_ticket_t*>(lock));
}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
CK_COHORT_PROTOTYPE(ticket, ck_cohort_enter, ck_cohort_leave, ck_cohort_taken, ck_cohort_enter, ck_cohort_leave,
                    ck_cohort_taken)
CK_RWCOHORT_NEUTRAL_PROTOTYPE(ticket)
CK_RWCOHORT_RP_PROTOTYPE(ticket)
CK_RWCOHORT_WP_PROTOTYPE(ticket)
#pragma GCC diagnostic pop

// The cohorts of all nodes, and which of them each worker belongs to. Lives in shared memory.
class CkCohorts {
 public:
  using Cohort = CK_COHORT_INSTANCE(ticket);

  // [control]
  void setup(Host host, const NodeOptions& options) {
    const auto node = options.of_workers(host);
    of_worker_ = host.shared<std::uint32_t>(host.workers());
    std::uint32_t count = 0;
    for (std::uint32_t i = 0; i < host.workers(); ++i) {
      of_worker_[i] = node[i % node.size()];
      if (of_worker_[i] >= count) count = of_worker_[i] + 1;
    }
    nodes_ = host.shared<Node>(count);
    for (std::uint32_t n = 0; n < count; ++n)
      ck_cohort_ticket_init(&nodes_[n].cohort, &all_, &nodes_[n].local, CK_COHORT_DEFAULT_LOCAL_PASS_LIMIT);
  }
  // [worker]
  [[nodiscard]] std::uint32_t node_of(Worker w) const { return of_worker_[w.index()]; }
  Cohort* operator[](std::uint32_t node) { return &nodes_[node].cohort; }

 private:
  struct alignas(line) Node {
    Cohort cohort;
    alignas(line) ck_spinlock_ticket_t local;
  };
  Node* nodes_ = nullptr;
  std::uint32_t* of_worker_ = nullptr;
  alignas(line) ck_spinlock_ticket_t all_ = {};
};

}  // namespace fairground::kit
