/* fairground/resource.h: what a worker says around a contended resource. Part of plugin.h; include that one.
 *
 *     fg_wait(w, r, a); lock(); fg_acquired(w, r, a); ...section...; fg_released(w, r, a); unlock();
 *
 * wait -> acquired or gave_up -> released, the last just before the unlock, all on the worker's own thread. At the
 * level `edges` this costs nothing that can be seen; above it (--probes sampled, full) what was acquired is accounted
 * for at the next fg_wait, outside the section; of what `full` stamps, many at once.
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

/* The clock, read when all that came before has come to its results. Without the fence a processor that looks ahead
 * reads it some 100 instructions early: the end of a hold before the section is done. */
static inline uint64_t fg_ticks_(const fg_worker* w) {
#if defined(__x86_64__)
  if (__builtin_expect(w->counts_ticks != 0, 1)) {
    __builtin_ia32_lfence();
    return __builtin_ia32_rdtsc();
  }
#elif defined(__aarch64__)
  if (__builtin_expect(w->counts_ticks != 0, 1)) {
    uint64_t value;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
  }
#endif
  return w->host->ticks();
}

/* The stamps are inline, and read nothing that isn't on this worker's lines or the resource's: a call would cost twice
 * as much as the clock, for nothing goes on beside a fence. At the level `full` the host is called when its room for
 * them is full, or when a wait was the longest so far, which is to be shown with what was around it. */
static inline void fg_stamp_wait_(fg_worker* w, fg_resource* r, fg_access access) {
  fg_probe* p = &w->probe;
  fg_stamps* s = p->stamps + p->stamped;
  uint64_t now = fg_ticks_(w);
  p->countdown = FG_PROBE_PATIENCE; /* until the release, or the give-up, asks for the next request */
  if (s->release != 0) {
    s->next = now;
    p->stamped += 1;
    if (__builtin_expect(p->stamped == p->stamps_room || s->hold - s->wait > p->long_wait, 0)) {
      w->host->probe(w, r, FG_EVENT_STAMPED, access);
      now = fg_ticks_(w);
    }
    s = p->stamps + p->stamped;
  }
  s->wait = now;
  s->hold = 0;
  s->release = 0;
  const uint32_t order = __atomic_load_n(&r->order, __ATOMIC_RELAXED);
  s->request = (order & FG_ORDER_KEPT) != 0 ? __atomic_load_n(&r->acquisitions, __ATOMIC_RELAXED) : UINT64_MAX;
  p->stamping = w->known_id;
}

static inline void fg_stamp_acquired_(fg_worker* w, fg_resource* r, fg_access access, uint32_t order) {
  fg_probe* p = &w->probe;
  if (p->stamping == r->id) {
    fg_stamps* s = p->stamps + p->stamped;
    if (s->hold != 0) return; /* once more: that wait is over */
    const uint64_t now = fg_ticks_(w), distance = p->acquired - p->previous;
    s->hold = now;
    s->position = (order & FG_ORDER_KEPT) != 0 ? p->acquired : 0;
    s->distance = p->previous == 0 ? 0 : distance > UINT32_MAX ? UINT32_MAX : (uint32_t)distance;
    s->access = (uint32_t)access;
    s->left = (order & FG_ORDER_STAMPED) != 0 ? __atomic_load_n(&r->released_ticks, __ATOMIC_RELAXED) : 0;
  } else {
    w->host->probe(w, r, FG_EVENT_ACQUIRED, access);
  }
  __atomic_store_n(&r->order, order & ~FG_ORDER_STAMPED, __ATOMIC_RELAXED);
}

/* Account for the last acquisition: how many positions since the one before, how many of them in a row. Here, and in
 * what follows, the usual way is the straight one, without a jump: between two atomic instructions of a lock, each
 * costs. */
static inline void fg_probe_wait_(fg_worker* w, fg_resource* r, fg_access access) {
  fg_probe* p = &w->probe;
  const uint64_t position = p->acquired;
  if (__builtin_expect(position != p->previous, 1)) {
    if (__builtin_expect(position >= p->event, 0)) w->host->probe(w, r, FG_EVENT_ORDER, access);
    const uint64_t distance = position - p->previous;
    p->previous = position;
    if (__builtin_expect(distance != 1, 0)) {
      if (p->count - p->run_began > p->longest_run) p->longest_run = p->count - p->run_began;
      p->run_began = p->count;
      if (distance > p->longest_distance) p->longest_distance = distance;
    }
    p->count += 1;
  }
  if (__builtin_expect(--p->countdown == 0, 0)) {
    if (__atomic_load_n(&w->probe_level, __ATOMIC_RELAXED) == FG_PROBES_FULL)
      fg_stamp_wait_(w, r, access);
    else
      w->host->probe(w, r, FG_EVENT_WAIT, access);
  }
}

static inline void fg_probe_acquired_(fg_worker* w, fg_resource* r, fg_access access, uint64_t position) {
  const uint32_t order = __atomic_load_n(&r->order, __ATOMIC_RELAXED);
  if (__builtin_expect((order & FG_ORDER_KEPT) != 0, 1)) w->probe.acquired = position;
  if (__builtin_expect(w->probe.stamping == r->id || (order & FG_ORDER_STAMPED) != 0, 0))
    fg_stamp_acquired_(w, r, access, order);
}

static inline void fg_stamp_released_(fg_worker* w, fg_resource* r, fg_access access) {
  fg_probe* p = &w->probe;
  if (!fg_probed_(w)) return; /* the window is over: what was open at its end stays as it was */
  fg_stamps* s = p->stamps + p->stamped;
  const uint64_t now = fg_ticks_(w);
  p->stamping = 0;
  p->countdown = 1;         /* the next request is stamped, or accounts for this one */
  if (s->hold == 0) return; /* released without having been acquired */
  s->release = now;
  if (access == FG_WRITE && r->kind != FG_PERMITS) {
    __atomic_store_n(&r->released_ticks, now, __ATOMIC_RELAXED);
    __atomic_store_n(&r->order, __atomic_load_n(&r->order, __ATOMIC_RELAXED) | FG_ORDER_STAMPED, __ATOMIC_RELAXED);
  }
}

static inline void fg_stamp_gave_up_(fg_worker* w, const fg_resource* r) {
  fg_probe* p = &w->probe;
  if (!fg_probed_(w) || p->stamping != r->id) return; /* a wait that was open at the window's end stays open */
  p->stamping = 0;
  p->stamps[p->stamped].wait = 0;
  p->countdown = 1;
}

/* ---- what a worker says ---- */

static inline void fg_wait(fg_worker* w, fg_resource* r, fg_access access) {
  /* A read of r->id would take the line away from who is inside and about to write it. */
  if (__builtin_expect(w->known != r, 0)) {
    w->known = r;
    w->known_id = r->id;
  }
  __atomic_store_n(&w->waiting_for, w->known_id, __ATOMIC_RELAXED);
  if (fg_probed_(w)) fg_probe_wait_(w, r, access);
}

/* The same under an identity that others know this worker by, which it keeps until the next fg_wait_as: its database
 * session, so that a wait inside the database joins the wait-for graph. */
static inline void fg_wait_as(fg_worker* w, fg_resource* r, fg_access access, uint64_t identity) {
  __atomic_store_n(&w->waiting_as, identity, __ATOMIC_RELAXED);
  fg_wait(w, r, access);
}

/* No wait any more, and one resource more to hold. The first place is stored together with the end of the wait. */
static inline void fg_hold_(fg_worker* w, uint32_t id) {
  if (__builtin_expect(w->held[0] == 0, 1)) {
    const uint32_t both[2] = {0, id};
    __builtin_memcpy((char*)w + offsetof(fg_worker, waiting_for), both, sizeof both);
    return;
  }
  __atomic_store_n(&w->waiting_for, 0, __ATOMIC_RELAXED);
  for (uint32_t i = 1; i < FG_HELD_MAX; ++i)
    if (w->held[i] == 0) {
      __atomic_store_n(&w->held[i], id, __ATOMIC_RELAXED);
      return;
    }
  __atomic_store_n(&w->held_more, w->held_more + 1, __ATOMIC_RELAXED);
}

static inline void fg_acquired(fg_worker* w, fg_resource* r, fg_access access) {
  const uint32_t me = w->index + 1;
  uint64_t position;
  if (__builtin_expect(r->kind == FG_EXCLUSIVE, 1)) {
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
  fg_hold_(w, r->id);
  if (fg_probed_(w)) fg_probe_acquired_(w, r, access, position);
}

static inline void fg_gave_up(fg_worker* w, fg_resource* r, fg_access access) {
  __atomic_store_n(&w->waiting_for, 0, __ATOMIC_RELAXED);
  __atomic_store_n(&w->gave_up, w->gave_up + 1, __ATOMIC_RELAXED);
  if (__builtin_expect(w->probe.stamping != 0, 0)) fg_stamp_gave_up_(w, r);
  (void)access;
}

/* Take a resource that is not in the first place off the list of what w holds. If it isn't there, it was one for which
 * there was no place; else another worker took it (a permit handed over), and nothing changes. */
static inline void fg_let_go_(fg_worker* w, uint32_t id) {
  uint32_t at = FG_HELD_MAX;
  while (at > 0 && w->held[at - 1] != id) --at;
  if (at > 0)
    __atomic_store_n(&w->held[at - 1], 0, __ATOMIC_RELAXED);
  else if (w->held_more > 0)
    __atomic_store_n(&w->held_more, w->held_more - 1, __ATOMIC_RELAXED);
}

static inline void fg_released(fg_worker* w, fg_resource* r, fg_access access) {
  const int exclusive = __builtin_expect(r->kind == FG_EXCLUSIVE, 1);
  if (__builtin_expect(w->probe.stamping == r->id, 0)) fg_stamp_released_(w, r, access);
  if (exclusive || (r->kind == FG_SHARED && access == FG_WRITE)) {
    if (__builtin_expect(__atomic_load_n(&r->owner, __ATOMIC_RELAXED) != w->index + 1, 0))
      __atomic_fetch_add(&r->violations, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&r->owner, 0, __ATOMIC_RELAXED);
  }
  if (__builtin_expect(!exclusive, 0)) __atomic_fetch_sub(&r->inside, 1, __ATOMIC_RELAXED);
  if (__builtin_expect(w->held[0] == r->id, 1))
    __atomic_store_n(&w->held[0], 0, __ATOMIC_RELAXED);
  else
    fg_let_go_(w, r->id);
}

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* FAIRGROUND_RESOURCE_H */
