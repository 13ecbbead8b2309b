/* ck-bytelock: the lock of D. Dice and N. Shavit ("TLRW: Return of the Read-Write Lock", SPAA 2010) in Concurrency Kit.
 * A reader marks a byte of its own on the lock's line, from the 57th on a shared counter; a writer announces itself and
 * waits until all are clear, and no reader comes in meanwhile. */
#define _POSIX_C_SOURCE 200809L
#include <ck_bytelock.h>

#include "kit/c_lock.h"

struct own {
  unsigned slot; /* from 1 */
};

static void lock(void* shared, void* own) {
  ck_bytelock_write_lock(shared, ((struct own*)own)->slot);
  kit_tsan_acquire(shared);
}
static void unlock(void* shared, void* own) {
  (void)own;
  kit_tsan_release(shared);
  ck_bytelock_write_unlock(shared);
}
static void lock_shared(void* shared, void* own) {
  ck_bytelock_read_lock(shared, ((struct own*)own)->slot);
  kit_tsan_acquire(shared);
}
static void unlock_shared(void* shared, void* own) {
  kit_tsan_release(shared);
  ck_bytelock_read_unlock(shared, ((struct own*)own)->slot);
}

static fg_status setup(const struct kit_locked* l, void* shared, fg_error* error) {
  (void)error;
  ck_bytelock_init(shared);
  for (uint32_t i = 0; i < l->workers; ++i) ((struct own*)kit_own(l, i))->slot = i + 1;
  return FG_OK;
}

static const struct kit_lock kit_lock = {
    .lock = lock,
    .unlock = unlock,
    .lock_shared = lock_shared,
    .unlock_shared = unlock_shared,
    .shared_bytes = sizeof(ck_bytelock_t),
    .own_bytes = sizeof(struct own),
    .setup = setup,
};

KIT_SHARED_LOCK_WORKLOAD(ck_bytelock, .id = "ck-bytelock", .group = "reader-writer",
                         .summary =
                             "Concurrency Kit's byte lock: a reader writes a byte of its own, a writer waits "
                             "for all of them",
                         .capabilities = FG_CONTENDED | FG_PROCESSES, .expects = FG_EXPECTS(FG_STARVATION))
