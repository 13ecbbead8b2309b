/* ck-hclh: hierarchical CLH (V. Luchangco, D. Nussbaum, N. Shavit, "A Hierarchical CLH Queue Lock", Euro-Par 2006) in
 * Concurrency Kit: one queue per memory node, whose first splices what has gathered there into the queue of all. In
 * order of arrival within a node only. */
#define _POSIX_C_SOURCE 200809L
#include <spinlock/hclh.h>

#include "kit/c_lock.h"
#include "kit/nodes.h"

struct queue {
  _Alignas(kit_line) ck_spinlock_hclh_t* last;
  _Alignas(kit_line) ck_spinlock_hclh_t unowned;
};
struct shared {
  struct queue all;
  struct queue* of_nodes;
};
struct own {
  ck_spinlock_hclh_t* node; /* at first the last member, later another's */
  struct queue* queue;
  _Alignas(kit_line) ck_spinlock_hclh_t first;
};

static void lock(void* shared, void* own_) {
  struct own* own = own_;
  kit_tsan_ignore_begin(); /* nodes change hands */
  ck_spinlock_hclh_lock(&((struct shared*)shared)->all.last, &own->queue->last, own->node);
  kit_tsan_ignore_end();
  ck_pr_fence_lock(); /* the library has none where it is handed over within a node */
  kit_tsan_acquire(shared);
}
static void unlock(void* shared, void* own) {
  kit_tsan_release(shared);
  kit_tsan_ignore_begin();
  ck_spinlock_hclh_unlock(&((struct own*)own)->node);
  kit_tsan_ignore_end();
}

static fg_status setup(const struct kit_locked* l, void* state, fg_error* error) {
  struct shared* shared = state;
  uint32_t* map = calloc(l->host->place_count, sizeof *map);
  if (map == NULL) return fg_fail(error, FG_NO_RESOURCE, "out of memory");
  const uint32_t nodes = kit_nodes(l->host, (uint32_t)l->values[kit_more].integer, map);
  shared->of_nodes = l->host->shared_alloc(l->host, nodes * sizeof(struct queue), kit_line);
  ck_spinlock_hclh_init(&shared->all.last, &shared->all.unowned, -1);
  for (uint32_t n = 0; shared->of_nodes != NULL && n < nodes; ++n)
    ck_spinlock_hclh_init(&shared->of_nodes[n].last, &shared->of_nodes[n].unowned, (int)n);
  for (uint32_t i = 0; i < l->workers; ++i) {
    struct own* own = kit_own(l, i);
    own->node = &own->first;
    own->queue = &shared->of_nodes[map[i % l->host->place_count]];
  }
  free(map);
  return shared->of_nodes != NULL ? FG_OK : fg_fail(error, FG_NO_RESOURCE, "no shared memory");
}

static const struct kit_lock kit_lock = {
    .lock = lock,
    .unlock = unlock,
    .shared_bytes = sizeof(struct shared),
    .own_bytes = sizeof(struct own),
    .setup = setup,
};

KIT_LOCK_WORKLOAD(ck_hclh, .id = "ck-hclh", .group = "queue",
                  .summary = "Concurrency Kit's hierarchical CLH lock: a queue per memory node, spliced into one",
                  .capabilities = FG_CONTENDED | FG_PROCESSES, .expects = FG_EXPECTS(FG_STARVATION),
                  .parameters = KIT_PARAMETERS(&kit_nodes_parameter, NULL))
