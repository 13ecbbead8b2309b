#define _POSIX_C_SOURCE 200809L
#include "kit/ck_shim.h"

#include <ck_barrier.h>
#include <ck_ring.h>
#include <stdlib.h>

#include "kit/tsan.h"

struct kit_ck_ring {
  ck_ring_t ring;
  ck_ring_buffer_t buffer[];
};

kit_ck_ring* kit_ck_ring_create(uint32_t capacity) {
  unsigned size = 4; /* a power of two; one place stays empty */
  while (size - 1 < capacity) size *= 2;
  kit_ck_ring* made = calloc(1, sizeof *made + size * sizeof(ck_ring_buffer_t));
  if (made != NULL) ck_ring_init(&made->ring, size);
  return made;
}
void kit_ck_ring_destroy(kit_ck_ring* r) { free(r); }

/* Its own loads and stores are atomic by assembly, of which ThreadSanitizer knows nothing. */
int kit_ck_ring_push(kit_ck_ring* r, uint64_t item) {
  kit_tsan_ignore_begin();
  const int pushed = ck_ring_enqueue_mpmc(&r->ring, r->buffer, (void*)(uintptr_t)item);
  kit_tsan_ignore_end();
  return pushed;
}
int kit_ck_ring_pop(kit_ck_ring* r, uint64_t* item) {
  void* value = NULL;
  kit_tsan_ignore_begin();
  const int popped = ck_ring_dequeue_mpmc(&r->ring, r->buffer, (void*)&value);
  kit_tsan_ignore_end();
  if (popped) *item = (uintptr_t)value;
  return popped;
}

_Static_assert(sizeof(kit_ck_barrier) == sizeof(ck_barrier_centralized_t), "they are the same");

void kit_ck_barrier_wait(kit_ck_barrier* b, unsigned* sense, unsigned workers) {
  ck_barrier_centralized_t* const barrier = (ck_barrier_centralized_t*)(void*)b;
  ck_barrier_centralized_state_t state = {*sense};
  kit_tsan_release(b);
  ck_barrier_centralized(barrier, &state, workers);
  kit_tsan_acquire(b);
  *sense = state.sense;
}
