/* ck-mcs: the queue lock of Mellor-Crummey and Scott (1991) in Concurrency Kit (http://concurrencykit.org). First come,
 * first served; each waiter spins on a node of its own. */
#define _POSIX_C_SOURCE 200809L
#include <spinlock/mcs.h>

#include "kit/c_lock.h"

static void lock(void* shared, void* own) {
  ck_spinlock_mcs_lock(shared, own);
  kit_tsan_acquire(shared);
}
static void unlock(void* shared, void* own) {
  kit_tsan_release(shared);
  ck_spinlock_mcs_unlock(shared, own);
}

static const struct kit_lock kit_lock = {
    .lock = lock,
    .unlock = unlock,
    .shared_bytes = sizeof(ck_spinlock_mcs_t), /* zeroes are CK_SPINLOCK_MCS_INITIALIZER */
    .own_bytes = sizeof(ck_spinlock_mcs_context_t),
};

KIT_LOCK_WORKLOAD(ck_mcs, .id = "ck-mcs", .group = "queue",
                  .summary = "Concurrency Kit's MCS lock: a queue, each waiter spins on its own node",
                  .capabilities = FG_CONTENDED | FG_PROCESSES, .promises_fairness = 1,
                  .parameters = KIT_PARAMETERS(NULL))
