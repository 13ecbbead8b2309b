/* lock.hpp for locks whose headers only C compiles: from four functions to a whole workload. A file is
 *
 *   #define _POSIX_C_SOURCE 200809L
 *   #include "kit/c_lock.h"
 *   static void lock(void* shared, void* own) { ... }            [worker] `own` is the worker's, in shared memory
 *   static void unlock(void* shared, void* own) { ... }          [worker]
 *   static const struct kit_lock kit_lock = {.lock = lock, .unlock = unlock,
 *                                            .shared_bytes = ..., .own_bytes = ...};
 *   KIT_LOCK_WORKLOAD(ck_mcs, .id = "ck-mcs", .group = "queue", .summary = "...")
 *
 * The lock and each worker's own begin as zeroes, on lines of their own. `kit_lock` is constant and the loop is always
 * inlined, so nothing is indirect. With lock_shared and unlock_shared, and KIT_SHARED_LOCK_WORKLOAD, it has readers.
 *
 * Parameters and verification are lock.hpp's, but for those of several locks (locks, choice) and of giving up (try,
 * timeout): section, outside, check, distribution, memory, greedy, nice, realtime, pause; read-ratio and writers.
 */
#ifndef KIT_C_LOCK_H
#define KIT_C_LOCK_H

#ifndef _POSIX_C_SOURCE
#error "#define _POSIX_C_SOURCE 200809L before the first header"
#endif

#include <fairground/plugin.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kit/busy.h"
#include "kit/priority.h"
#include "kit/shape.h"
#include "kit/tsan.h"

enum { kit_line = 128, kit_words = 8 };

/* An instance; workers, being perhaps processes, read it only. */
struct kit_locked {
  const fg_host* host;
  fg_value values[16];                /* in the order of the enumeration below, and what the file's own table adds */
  uint64_t section, outside;          /* mean steps */
  uint16_t factors[kit_factor_count]; /* shape.h's */
  uint64_t words;                     /* of 8 bytes, of the section's memory, */
  uint64_t* memory;                   /* each of which says how many writes there were */
  uint32_t workers;
  char* own; /* of worker i at i * own_stride */
  size_t own_stride;
  struct kit_tally* tallies;
};

struct kit_lock {
  void (*lock)(void* shared, void* own);
  void (*unlock)(void* shared, void* own);
  void (*lock_shared)(void* shared, void* own); /* NULL: no readers */
  void (*unlock_shared)(void* shared, void* own);
  size_t shared_bytes, own_bytes;
  /* [control] Make it; NULL: zeroes are a lock. */
  fg_status (*setup)(const struct kit_locked*, void* shared, fg_error*);
};
static const struct kit_lock kit_lock; /* defined by the file */

struct kit_tally {
  _Alignas(kit_line) uint64_t operations;
  uint64_t reads, stale, intruded;
};

struct kit_guarded {
  _Alignas(kit_line) fg_resource resource;
  uint64_t counter;           /* of writes; plain on purpose: a lock that lets two in loses increments */
  uint64_t canary[kit_words]; /* touched with check only */
};

static inline size_t kit_lines(size_t bytes) { return (bytes + kit_line - 1) / kit_line * kit_line; }
static inline struct kit_guarded* kit_guarded_in(void* state) {
  return (struct kit_guarded*)((char*)state + kit_lines(kit_lock.shared_bytes));
}
static inline void* kit_own(const struct kit_locked* l, uint32_t worker) { return l->own + worker * l->own_stride; }

/* ---- the section ---- */

static inline int kit_canary_says(const uint64_t* canary, uint64_t value) {
  int all = 1;
  for (uint64_t i = 0; i < kit_words; ++i) all &= __atomic_load_n(&canary[i], __ATOMIC_RELAXED) == value * (2 * i + 1);
  return all;
}
static inline void kit_canary_say(uint64_t* canary, uint64_t value) {
  for (uint64_t i = 0; i < kit_words; ++i) __atomic_store_n(&canary[i], value * (2 * i + 1), __ATOMIC_RELAXED);
}

/* Before it the canary says the counter; inside, the counter and who is there. */
static inline void kit_write(const struct kit_locked* l, struct kit_guarded* g, uint64_t steps, int check,
                             uint32_t worker, struct kit_tally* mine) {
  const uint64_t inside = g->counter | (worker + UINT64_C(1)) << 48;
  if (check) {
    mine->stale += !kit_canary_says(g->canary, g->counter);
    kit_canary_say(g->canary, inside);
  }
  for (uint64_t i = 0; i < l->words; ++i) l->memory[i] += 1;
  kit_work(steps);
  if (check) {
    mine->intruded += !kit_canary_says(g->canary, inside);
    kit_canary_say(g->canary, g->counter + 1);
  }
  g->counter += 1;
}
/* Nothing may change until it leaves. */
static inline void kit_read(const struct kit_locked* l, struct kit_guarded* g, uint64_t steps, int check,
                            struct kit_tally* mine) {
  const uint64_t before = __atomic_load_n(&g->counter, __ATOMIC_RELAXED);
  uint64_t other = check && !kit_canary_says(g->canary, before);
  for (uint64_t i = 0; i < l->words; ++i) other |= l->memory[i] ^ before;
  mine->stale += other != 0;
  kit_work(steps);
  mine->intruded +=
      __atomic_load_n(&g->counter, __ATOMIC_RELAXED) != before || (check && !kit_canary_says(g->canary, before));
}

/* ---- the loop ---- */

/* SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), the upper half. */
static inline uint32_t kit_random(uint64_t* state) {
  uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (uint32_t)((z ^ (z >> 31)) >> 32);
}

enum {
  kit_section,
  kit_outside,
  kit_check,
  kit_distribution,
  kit_memory,
  kit_greedy,
  kit_nice,
  kit_realtime,
  kit_pause,
  kit_more, /* the file's own; of locks with readers: */
  kit_read_ratio = kit_more,
  kit_writers
};
/* Around that mean, as the distribution has it. */
static inline uint64_t kit_length(const struct kit_locked* l, uint64_t mean, uint64_t* random) {
  if (l->values[kit_distribution].integer == kit_fixed) return mean;
  return kit_by_factor(mean, l->factors[(uint64_t)kit_random(random) * kit_factor_count >> 32]);
}

static inline void kit_sleep(int64_t ns) {
  const struct timespec time = {(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
  if (ns != 0) (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL); /* cut short by a signal: fine */
}

/* How likely it is, of 2^32, that this worker's next acquisition only reads. */
static inline uint64_t kit_reading_chance(const struct kit_locked* l, uint32_t worker) {
  const double always = 4294967296.0;
  if (kit_lock.lock_shared == NULL) return 0;
  if (l->values[kit_writers].integer == 0) return (uint64_t)(l->values[kit_read_ratio].real * always);
  return worker < l->values[kit_writers].integer ? 0 : (uint64_t)always;
}

static inline __attribute__((always_inline)) void kit_loop(const struct kit_locked* l, void* state, fg_worker* w,
                                                           int check, int varied) {
  struct kit_guarded* g = kit_guarded_in(state);
  void* own = kit_own(l, w->index);
  const double greedy = w->index == 0 ? l->values[kit_greedy].real : 1.0;
  const uint64_t mean = (uint64_t)((double)l->section * greedy), reading = kit_reading_chance(l, w->index);
  uint64_t random = w->seed;
  struct kit_tally mine = {0, 0, 0, 0};
  while (fg_go(w)) {
    const uint64_t section = varied ? kit_length(l, mean, &random) : mean;
    if (kit_lock.lock_shared != NULL && reading != 0 && kit_random(&random) < reading) {
      fg_wait(w, &g->resource, FG_READ);
      kit_lock.lock_shared(state, own);
      fg_acquired(w, &g->resource, FG_READ);
      kit_read(l, g, section, check, &mine);
      fg_released(w, &g->resource, FG_READ);
      kit_lock.unlock_shared(state, own);
      ++mine.reads;
    } else {
      fg_wait(w, &g->resource, FG_WRITE);
      kit_lock.lock(state, own);
      fg_acquired(w, &g->resource, FG_WRITE);
      kit_write(l, g, section, check, w->index, &mine);
      fg_released(w, &g->resource, FG_WRITE);
      kit_lock.unlock(state, own);
    }
    kit_work(varied ? kit_length(l, l->outside, &random) : l->outside);
    ++mine.operations;
    fg_count(w, 1);
    if (varied) kit_sleep(l->values[kit_pause].integer);
  }
  l->tallies[w->index] = mine;
}

/* ---- the lifecycle ---- */

static inline fg_status kit_run(void* self, void* state, fg_worker* w, void* local, fg_error* error) {
  const struct kit_locked* l = (const struct kit_locked*)self;
  (void)local, (void)error;
  if (l->values[kit_distribution].integer != kit_fixed || l->values[kit_pause].integer != 0)
    kit_loop(l, state, w, l->values[kit_check].integer != 0, 1);
  else if (l->values[kit_check].integer != 0)
    kit_loop(l, state, w, 1, 0);
  else
    kit_loop(l, state, w, 0, 0);
  return FG_OK;
}

/* The odd workers are unlike the others, as priority.hpp has it. */
static inline fg_status kit_worker_start(void* self, void* state, fg_worker* w, void** local, fg_error* error) {
  const struct kit_locked* l = (const struct kit_locked*)self;
  const int nice = (int)l->values[kit_nice].integer;
  (void)state, (void)local;
  if (w->index % 2 == 0) return FG_OK;
  int error_number = nice != 0 ? kit_be_nice(nice) : 0;
  if (error_number != 0) return fg_fail(error, FG_INTERNAL, "setpriority: %s", strerror(error_number));
  error_number = l->values[kit_realtime].integer != 0 ? kit_be_realtime() : 0;
  if (error_number == EPERM) return fg_fail(error, FG_UNSUPPORTED, "%s", KIT_REALTIME_NEEDS);
  if (error_number != 0) return fg_fail(error, FG_INTERNAL, "sched_setscheduler: %s", strerror(error_number));
  return FG_OK;
}

static inline fg_status kit_create(const fg_host* host, void** self, fg_error* error) {
  struct kit_locked* l = (struct kit_locked*)calloc(1, sizeof *l);
  if (l == NULL) return fg_fail(error, FG_NO_RESOURCE, "out of memory");
  l->host = host;
  *self = l;
  return FG_OK;
}

static inline fg_status kit_configure(void* self, const fg_configuration* c, fg_error* error) {
  struct kit_locked* l = (struct kit_locked*)self;
  for (uint32_t i = 0; i < c->value_count && i < sizeof l->values / sizeof l->values[0]; ++i)
    l->values[i] = c->values[i];
  l->workers = c->workers;
  if (kit_lock.lock_shared != NULL && c->values[kit_writers].integer > (int64_t)c->workers)
    return fg_fail(error, FG_BAD_PARAMETER, "there are fewer workers than writers=%" PRId64,
                   c->values[kit_writers].integer);
  return FG_OK;
}

static inline size_t kit_state_bytes(void* self) {
  (void)self;
  return kit_lines(kit_lock.shared_bytes) + sizeof(struct kit_guarded);
}

static inline fg_status kit_setup(void* self, void* state, fg_error* error) {
  struct kit_locked* l = (struct kit_locked*)self;
  struct kit_guarded* g = kit_guarded_in(state);
  const double steps_per_ns = kit_steps_per_ns();
  l->section = (uint64_t)((double)l->values[kit_section].integer * steps_per_ns + 0.5);
  l->outside = (uint64_t)((double)l->values[kit_outside].integer * steps_per_ns + 0.5);
  kit_fill_factors(l->values[kit_distribution].integer, l->factors);
  l->words = ((uint64_t)l->values[kit_memory].integer + 7) / 8;
  if (l->words != 0) l->memory = (uint64_t*)l->host->shared_alloc(l->host, l->words * sizeof *l->memory, kit_line);
  if (l->words != 0 && l->memory == NULL) return fg_fail(error, FG_NO_RESOURCE, "no shared memory");
  l->own_stride = kit_lines(kit_lock.own_bytes);
  l->own = (char*)l->host->shared_alloc(l->host, l->own_stride * l->workers, kit_line);
  l->tallies = (struct kit_tally*)l->host->shared_alloc(l->host, sizeof(struct kit_tally) * l->workers, kit_line);
  if (l->own == NULL || l->tallies == NULL) return fg_fail(error, FG_NO_RESOURCE, "no shared memory");
  const int shared = kit_lock.lock_shared != NULL;
  if (l->host->resource(l->host, &g->resource, shared ? FG_SHARED : FG_EXCLUSIVE, shared ? 0 : 1, "lock") != FG_OK)
    return fg_fail(error, FG_NO_RESOURCE, "too many resources");
  return kit_lock.setup == NULL ? FG_OK : kit_lock.setup(l, state, error);
}

static inline const char* kit_worker_class(void* self, uint32_t worker) {
  const struct kit_locked* l = (const struct kit_locked*)self;
  if (kit_lock.lock_shared == NULL || l->values[kit_writers].integer == 0) return NULL;
  return worker < l->values[kit_writers].integer ? "writer" : "reader";
}

static inline fg_status kit_verify(void* self, void* state, fg_error* error) {
  const struct kit_locked* l = (const struct kit_locked*)self;
  const struct kit_guarded* g = kit_guarded_in(state);
  struct kit_tally all = {0, 0, 0, 0};
  for (uint32_t i = 0; i < l->workers; ++i) {
    all.operations += l->tallies[i].operations;
    all.reads += l->tallies[i].reads;
    all.stale += l->tallies[i].stale;
    all.intruded += l->tallies[i].intruded;
  }
  l->host->counter(l->host, 0, (double)l->section);
  l->host->counter(l->host, 1, (double)l->outside);
  if (kit_lock.lock_shared != NULL) l->host->counter(l->host, 2, (double)all.reads);
  if (g->counter != all.operations - all.reads || g->resource.acquisitions != all.operations)
    return fg_fail(error, FG_WRONG,
                   "the workers entered %" PRIu64 " times, %" PRIu64
                   " of them to read, but the counter they guard says %" PRIu64 " and the resource %" PRIu64,
                   all.operations, all.reads, g->counter, g->resource.acquisitions);
  if (g->resource.violations != 0)
    return fg_fail(error, FG_WRONG, "%u times somebody was inside who should not have been", g->resource.violations);
  if (g->resource.inside != 0) return fg_fail(error, FG_WRONG, "%u never came out", g->resource.inside);
  uint64_t lost = 0;
  for (uint64_t i = 0; g->counter != 0 && i < l->words; ++i) lost += l->memory[i] != g->counter;
  if (lost != 0) return fg_fail(error, FG_WRONG, "%" PRIu64 " words of the section's memory lost a write", lost);
  if (all.intruded != 0)
    return fg_fail(error, FG_WRONG, "%" PRIu64 " times the section's words changed under their holder", all.intruded);
  if (all.stale != 0)
    return fg_fail(error, FG_WRONG, "%" PRIu64 " times a holder found other words than the one before had left",
                   all.stale);
  return FG_OK;
}

static inline void kit_destroy(void* self) { free(self); }

/* ---- the table ---- */

#define KIT_PARAMETER(name, key_, type_, unit_, help_, ...) \
  static const fg_parameter kit_##name##_parameter = {      \
      .size = sizeof(fg_parameter), .type = type_, .key = key_, .help = help_, .unit = unit_, __VA_ARGS__}

KIT_PARAMETER(section, "section", FG_DURATION, "ns", "length of the critical section",
              .default_value = {.integer = 100}, .maximum = 1e9);
KIT_PARAMETER(outside, "outside", FG_DURATION, "ns", "work between two acquisitions", .default_value = {.integer = 100},
              .maximum = 1e9);
KIT_PARAMETER(check, "check", FG_BOOL, "", "look at every word in the section", .maximum = 1);
KIT_PARAMETER(distribution, "distribution", FG_CHOICE, "",
              "of both lengths around their mean; bimodal: nine in ten half as long, one 5.5 times",
              .default_value = {.text = "fixed"},
              .choices = (const char* const[]){"fixed", "exponential", "bimodal", NULL});
KIT_PARAMETER(memory, "memory", FG_SIZE, "bytes", "shared memory of the lock, read and written in the section",
              .maximum = 1 << 30);
KIT_PARAMETER(greedy, "greedy", FG_RATIO, "", "worker 0's sections are so many times as long",
              .default_value = {.real = 1.0}, .minimum = 1, .maximum = 1000, .fair = "1");
KIT_PARAMETER(nice, "nice", FG_INTEGER, "", "nice value of the odd workers", .maximum = 19, .fair = "0");
KIT_PARAMETER(realtime, "realtime", FG_BOOL, "", "the odd workers have a real-time priority", .maximum = 1,
              .fair = "false");
KIT_PARAMETER(pause, "pause", FG_DURATION, "ns", "sleep between two operations", .maximum = 1e9);
KIT_PARAMETER(read_ratio, "read-ratio", FG_RATIO, "", "so many of the acquisitions only read",
              .default_value = {.real = 0.9}, .maximum = 1);
KIT_PARAMETER(writers, "writers", FG_INTEGER, "workers",
              "the first so many workers only write, the others only read; 0: all do both", .maximum = 65536);

#define KIT_PLAIN_PARAMETERS                                                                         \
  &kit_section_parameter, &kit_outside_parameter, &kit_check_parameter, &kit_distribution_parameter, \
      &kit_memory_parameter, &kit_greedy_parameter, &kit_nice_parameter, &kit_realtime_parameter, &kit_pause_parameter
#define KIT_PARAMETERS(...) \
  (const fg_parameter* const[]) { KIT_PLAIN_PARAMETERS, __VA_ARGS__ }

static const fg_counter kit_section_steps = {sizeof(fg_counter), "section_steps",
                                             "dependent steps that the critical section came to on this machine"};
static const fg_counter kit_outside_steps = {sizeof(fg_counter), "outside_steps",
                                             "dependent steps that the work outside came to on this machine"};
static const fg_counter kit_reads = {sizeof(fg_counter), "reads", "acquisitions that only read"};

/* What is the same for all; the file adds id, group, summary, capabilities, expects, promises_fairness, and parameters
 * with KIT_PARAMETERS: those of its own, if any, and NULL. */
#define KIT_COMMON_FIELDS                                                                                      \
  .size = sizeof(fg_workload), .version = 2, .family = "locks", .control = "none", .operation = "acquisition", \
  .create = kit_create, .configure = kit_configure, .state_bytes = kit_state_bytes, .setup = kit_setup,        \
  .worker_start = kit_worker_start, .run = kit_run, .verify = kit_verify, .destroy = kit_destroy

#define KIT_LOCK_WORKLOAD(symbol, ...)                                                                \
  extern const fg_workload fairground_workload_##symbol;                                              \
  const fg_workload fairground_workload_##symbol = {                                                  \
      KIT_COMMON_FIELDS,                                                                              \
      .invariant =                                                                                    \
          "the plain counter in the section is the sum of the workers' tallies; nobody enters while " \
          "another is inside; with check, all words in the section are those of the last holder",     \
      .counters = (const fg_counter* const[]){&kit_section_steps, &kit_outside_steps, NULL}, __VA_ARGS__};

#define KIT_SHARED_LOCK_WORKLOAD(symbol, ...)                                                            \
  extern const fg_workload fairground_workload_##symbol;                                                 \
  const fg_workload fairground_workload_##symbol = {                                                     \
      KIT_COMMON_FIELDS,                                                                                 \
      .invariant =                                                                                       \
          "the plain counter in the section is the sum of the workers' writes; no writer is inside "     \
          "with another, nor with a reader, to whom nothing changes; with check, all words in the "      \
          "section are those of the last writer",                                                        \
      .counters = (const fg_counter* const[]){&kit_section_steps, &kit_outside_steps, &kit_reads, NULL}, \
      .worker_class = kit_worker_class,                                                                  \
      .parameters = KIT_PARAMETERS(&kit_read_ratio_parameter, &kit_writers_parameter, NULL),             \
      __VA_ARGS__};

#endif /* KIT_C_LOCK_H */
