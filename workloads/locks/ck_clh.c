/* ck-clh: the queue lock of Craig (1993) and of Landin and Hagersten (1994) in Concurrency Kit. First come, first
 * served; each waiter spins on the node of the one before it, and takes that node over when it releases. */
#define _POSIX_C_SOURCE 200809L
#include <spinlock/clh.h>

#include "kit/c_lock.h"

struct shared {
  ck_spinlock_clh_t* queue;
  _Alignas(kit_line) ck_spinlock_clh_t unowned;
};
struct own {
  ck_spinlock_clh_t* node; /* at first the next member, later another's */
  _Alignas(kit_line) ck_spinlock_clh_t first;
};

static void lock(void* shared, void* own) {
  kit_tsan_ignore_begin(); /* nodes change hands */
  ck_spinlock_clh_lock(&((struct shared*)shared)->queue, ((struct own*)own)->node);
  kit_tsan_ignore_end();
  kit_tsan_acquire(shared);
}
static void unlock(void* shared, void* own) {
  kit_tsan_release(shared);
  kit_tsan_ignore_begin();
  ck_spinlock_clh_unlock(&((struct own*)own)->node);
  kit_tsan_ignore_end();
}

static fg_status setup(const struct kit_locked* l, void* state, fg_error* error) {
  struct shared* shared = state;
  (void)error;
  ck_spinlock_clh_init(&shared->queue, &shared->unowned);
  for (uint32_t i = 0; i < l->workers; ++i) {
    struct own* own = kit_own(l, i);
    own->node = &own->first;
  }
  return FG_OK;
}

static const struct kit_lock kit_lock = {
    .lock = lock,
    .unlock = unlock,
    .shared_bytes = sizeof(struct shared),
    .own_bytes = sizeof(struct own),
    .setup = setup,
};

KIT_LOCK_WORKLOAD(ck_clh, .id = "ck-clh", .group = "queue",
                  .summary = "Concurrency Kit's CLH lock: a queue, each waiter spins on its predecessor's node",
                  .capabilities = FG_CONTENDED | FG_PROCESSES, .promises_fairness = 1,
                  .parameters = KIT_PARAMETERS(NULL))
