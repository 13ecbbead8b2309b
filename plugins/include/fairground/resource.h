/* fairground/resource.h: what a worker says around a contended resource. Part of plugin.h; include that one.
 *
 *     fg_wait(w, r, a); lock(); fg_acquired(w, r, a); ...section...; fg_released(w, r, a); unlock();
 *
 * wait -> acquired or gave_up -> released, the last just before the unlock, all on the worker's own thread. At the
 * level `edges` this costs nothing that can be seen; above it (--probes sampled, full) what was acquired is accounted
 * for at the next fg_wait, outside the section.
 */
#ifndef FAIRGROUND_RESOURCE_H
#define FAIRGROUND_RESOURCE_H

#include <fairground/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the probes above `edges` ---- */

static inline int fg_probed_(const fg_worker* w) {
  return __builtin_expect(__atomic_load_n(&w->probe_level, __ATOMIC_RELAXED) != 0, 0);
}

/* Account for the last acquisition: how many positions since the one before, how many of them in a row. */
static inline void fg_probe_wait_(fg_worker* w, fg_resource* r, fg_access access) {
  fg_probe* p = &w->probe;
  if (p->acquired != 0) {
    if (p->acquired >= p->event) w->host->probe(w, r, FG_EVENT_ORDER, access);
    const uint64_t distance = p->acquired - p->previous;
    p->previous = p->acquired;
    p->acquired = 0;
    p->count += 1;
    p->longest_distance = distance > p->longest_distance ? distance : p->longest_distance;
    p->run = distance == 1 ? p->run + 1 : 1;
    p->longest_run = p->run > p->longest_run ? p->run : p->longest_run;
  }
  if (--p->countdown == 0 || p->release_ticks != 0) w->host->probe(w, r, FG_EVENT_WAIT, access);
}

static inline void fg_probe_acquired_(fg_worker* w, fg_resource* r, fg_access access, uint64_t position) {
  if (r->order != 0) w->probe.acquired = position;
  if (w->probe.stamping == r->id || __atomic_load_n(&r->released_ticks, __ATOMIC_RELAXED) != 0)
    w->host->probe(w, r, FG_EVENT_ACQUIRED, access);
}

/* ---- what a worker says ---- */

static inline void fg_wait(fg_worker* w, fg_resource* r, fg_access access) {
  __atomic_store_n(&w->waiting_for, r->id, __ATOMIC_RELAXED);
  if (fg_probed_(w)) fg_probe_wait_(w, r, access);
}

/* The same under an identity that others know this worker by, which it keeps until the next fg_wait_as: its database
 * session, so that a wait inside the database joins the wait-for graph. */
static inline void fg_wait_as(fg_worker* w, fg_resource* r, fg_access access, uint64_t identity) {
  __atomic_store_n(&w->waiting_as, identity, __ATOMIC_RELAXED);
  fg_wait(w, r, access);
}

static inline void fg_acquired(fg_worker* w, fg_resource* r, fg_access access) {
  const uint32_t me = w->index + 1;
  uint64_t position;
  if (r->kind == FG_EXCLUSIVE) {
    if (__builtin_expect(__atomic_load_n(&r->owner, __ATOMIC_RELAXED) != 0, 0))
      __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&r->owner, me, __ATOMIC_RELAXED);
    position = r->acquisitions + 1;
    __atomic_store_n(&r->acquisitions, position, __ATOMIC_RELAXED);
  } else {
    const uint32_t inside = __atomic_add_fetch(&r->inside, 1, __ATOMIC_RELAXED);
    uint32_t most = __atomic_load_n(&r->most_inside, __ATOMIC_RELAXED);
    while (inside > most &&
           !__atomic_compare_exchange_n(&r->most_inside, &most, inside, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    if (r->kind == FG_PERMITS) {
      if (inside > r->permits) __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
    } else if (access == FG_WRITE) {
      if (inside > 1) __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
      __atomic_store_n(&r->owner, me, __ATOMIC_RELAXED);
    } else if (__atomic_load_n(&r->owner, __ATOMIC_RELAXED) != 0) {
      __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
    }
    position = __atomic_add_fetch(&r->acquisitions, 1, __ATOMIC_RELAXED);
  }
  __atomic_store_n(&w->waiting_for, 0, __ATOMIC_RELAXED);
  if (__builtin_expect(w->held_count < FG_HELD_MAX, 1))
    __atomic_store_n(&w->held[w->held_count], r->id, __ATOMIC_RELAXED);
  __atomic_store_n(&w->held_count, w->held_count + 1, __ATOMIC_RELAXED);
  if (fg_probed_(w)) fg_probe_acquired_(w, r, access, position);
}

static inline void fg_gave_up(fg_worker* w, fg_resource* r, fg_access access) {
  __atomic_store_n(&w->waiting_for, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&w->gave_up, w->gave_up + 1, __ATOMIC_RELAXED);
  if (fg_probed_(w) && w->probe.stamping == r->id) w->host->probe(w, r, FG_EVENT_GAVE_UP, access);
}

/* Take a resource that is not the last taken off the list of what w holds. If it isn't there, it was one for which
 * there was no room; else another worker took it (a permit handed over), and nothing changes. */
static inline void fg_let_go_(fg_worker* w, uint32_t id) {
  const uint32_t count = w->held_count;
  const uint32_t listed = count < FG_HELD_MAX ? count : FG_HELD_MAX;
  uint32_t at = listed;
  while (at > 0 && w->held[at - 1] != id) --at;
  if (at == 0 && count <= FG_HELD_MAX) {
    at = listed;
    while (at > 0 && w->held[at - 1] != 0) --at;
    if (at == 0) return;
  }
  if (at > 0) {
    for (; at < listed; ++at) __atomic_store_n(&w->held[at - 1], w->held[at], __ATOMIC_RELAXED);
    __atomic_store_n(&w->held[listed - 1], 0, __ATOMIC_RELAXED);
  }
  __atomic_store_n(&w->held_count, count - 1, __ATOMIC_RELAXED);
}

static inline void fg_released(fg_worker* w, fg_resource* r, fg_access access) {
  if (fg_probed_(w) && w->probe.stamping == r->id) w->host->probe(w, r, FG_EVENT_RELEASED, access);
  if (r->kind == FG_EXCLUSIVE || (r->kind == FG_SHARED && access == FG_WRITE)) {
    if (__builtin_expect(__atomic_load_n(&r->owner, __ATOMIC_RELAXED) != w->index + 1, 0))
      __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&r->owner, 0, __ATOMIC_RELAXED);
  }
  if (r->kind != FG_EXCLUSIVE) __atomic_fetch_sub(&r->inside, 1, __ATOMIC_RELAXED);
  /* Locks nest, mostly: the last taken is the first given back. */
  const uint32_t top = w->held_count - 1;
  if (__builtin_expect(top < FG_HELD_MAX && w->held[top] == r->id, 1))
    __atomic_store_n(&w->held_count, top, __ATOMIC_RELAXED);
  else
    fg_let_go_(w, r->id);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* FAIRGROUND_RESOURCE_H */
