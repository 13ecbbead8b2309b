/* fairground/plugin.h: the contract between Fairground and a plugin, in C11 (and C++20).
 *
 * A plugin is a shared object that exports one data symbol, `fairground_plugin`. The host reads it in a process made
 * for that, picks a workload, and calls its functions in this order (all but `run` may be NULL):
 *
 *     create -> configure -> state_bytes, contenders, contender -> setup -> start
 *            -> { worker_start -> run -> worker_stop } (wake, until all have left) -> verify -> teardown -> destroy
 *
 * Rules that hold for all of it:
 *  - Threads. [control] is the main thread of the trial's process; [worker] is the thread, or process, of that worker;
 *    [any] is any thread of the plugin's. A function is never called from another one than its tag says.
 *  - Failure. A function that fails has undone what it did itself. After a failed `create` nothing more is called;
 *    after `configure` or `setup`, `destroy`; after `start` or a worker's function, the workers are stopped, then
 *    `teardown` and `destroy`. Where `worker_start` failed, `run` and `worker_stop` are not called.
 *  - Asking. The host also makes instances only to ask them: create -> configure -> state_bytes, contenders -> destroy.
 *  - Every struct begins with its `size` in bytes, set by whoever makes it. Fields are only ever appended. Read a field
 *    that your header has and the other side's might lack only after `FG_HAS(pointer, field)`. What lies in arrays, on
 *    the board or in shared state keeps its layout within a major: fg_value, fg_worker, fg_contender_slot, fg_resource.
 *  - Strings are UTF-8, belong to who made them, and live as long as the plugin (or the host's table).
 *  - Errors are a status and a sentence in the host's buffer (`fg_fail`). No exception and no ownership crosses.
 *  - Workers may be threads or processes. What they share lives in the zeroed `state` that the host gives to `setup`
 *    (and in `shared_alloc`); after `setup` only that may change, and `verify` may rely on nothing else.
 */
#ifndef FAIRGROUND_PLUGIN_H
#define FAIRGROUND_PLUGIN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FG_MAGIC 0x46414952u /* "FAIR" */
#define FG_ABI_MAJOR 1u      /* a host loads its own major only */
#define FG_ABI_MINOR 0u      /* and any minor up to its own */

#define FG_HAS(pointer, field) \
  ((pointer)->size >= (uint32_t)((const char*)(&(pointer)->field + 1) - (const char*)(pointer)))

#define FG_EXPORT __attribute__((visibility("default")))

/* C's enums are as wide; saying so in C++, a value unknown to this header is no undefined behaviour. */
#ifdef __cplusplus
#define FG_ENUM :uint32_t
#else
#define FG_ENUM
#endif

/* What became of a call; the record's word for it in brackets. */
typedef enum fg_status FG_ENUM {
  FG_OK = 0,
  FG_UNSUPPORTED = 1,   /* this machine, kernel or library can't; say why [unsupported] */
  FG_NO_RESOURCE = 2,   /* memory, descriptors, ports ran out; say which [unsupported] */
  FG_BAD_PARAMETER = 3, /* `configure` only: values that don't go together [exit code 2] */
  FG_WRONG = 4,         /* the invariant is broken: a finding `wrong-result` [failed] */
  FG_INTERNAL = 5       /* anything else that should not have happened [failed] */
} fg_status;

/* The host's buffer for one sentence. Write it through fg_fail. */
typedef struct fg_error {
  uint32_t size;
  uint32_t capacity; /* bytes in text, terminating zero included */
  char* text;
} fg_error;

/* Write the sentence and return the status: `return fg_fail(error, FG_UNSUPPORTED, "needs %s", "AVX2");` */
__attribute__((format(printf, 3, 4))) static inline fg_status fg_fail(fg_error* error, fg_status status,
                                                                      const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (error != NULL && error->text != NULL) (void)vsnprintf(error->text, error->capacity, format, arguments);
  va_end(arguments);
  return status;
}

/* ---- findings ---- */

typedef enum fg_finding FG_ENUM {
  FG_DEADLOCK = 0,
  FG_LIVELOCK = 1,
  FG_STARVATION = 2,
  FG_LOST_UPDATE = 3,
  FG_HANG = 4,
  FG_CRASH = 5,
  FG_LEAK = 6,
  FG_WRONG_RESULT = 7
} fg_finding;
#define FG_EXPECTS(finding) (1u << (unsigned)(finding))

typedef enum fg_certainty FG_ENUM { FG_CERTAIN = 0, FG_POSSIBLE = 1 } fg_certainty;

/* ---- parameters: the host parses, range-checks, sweeps and documents them ---- */

typedef enum fg_type FG_ENUM {
  FG_INTEGER = 0,  /* value.integer */
  FG_SIZE = 1,     /* value.integer, bytes; written 4KiB, 1MiB */
  FG_DURATION = 2, /* value.integer, nanoseconds; written 100ns, 5ms */
  FG_RATIO = 3,    /* value.real */
  FG_BOOL = 4,     /* value.integer, 0 or 1 */
  FG_CHOICE = 5,   /* value.text is one of the choices, value.integer its index */
  FG_TEXT = 6      /* value.text */
} fg_type;

typedef struct fg_value {
  int64_t integer;
  double real;
  const char* text; /* lives until destroy */
} fg_value;

typedef struct fg_parameter {
  uint32_t size;
  fg_type type;
  const char* key; /* kebab-case */
  const char* help;
  const char* unit; /* "ns", "bytes", "operations", or "" */
  fg_value default_value;
  double minimum; /* integer, size, duration, ratio: both ends included, within 2^53 */
  double maximum;
  const char* const* choices; /* choice: NULL-terminated; else NULL */
  /* Values with which the workload works across processes, comma-separated; NULL: all that the capability allows. */
  const char* processes;
  /* Values with which a promise of fairness is kept, comma-separated; NULL: all. */
  const char* fair;
} fg_parameter;

/* A figure of the workload's own, read after verify: `fg_host.counter(host, index, value)`. */
typedef struct fg_counter {
  uint32_t size;
  const char* key; /* snake_case with its unit: written_bytes, tiles */
  const char* help;
} fg_counter;

/* ---- contended resources ---- */

typedef enum fg_resource_kind FG_ENUM { FG_EXCLUSIVE = 0, FG_SHARED = 1, FG_PERMITS = 2 } fg_resource_kind;
typedef enum fg_access FG_ENUM { FG_WRITE = 0, FG_READ = 1 } fg_access;
typedef enum fg_event FG_ENUM {
  FG_EVENT_WAIT = 0,     /* level sampled: a request that may be stamped, or the one after that */
  FG_EVENT_ACQUIRED = 1, /* of a resource whose last release was stamped; this wait was not */
  FG_EVENT_ORDER = 2,    /* the position of an acquisition is one that the host wants to know of */
  FG_EVENT_STAMPED = 3   /* level full: the host is to account for what has been stamped */
} fg_event;

/* Lives in the shared state, on the line of the data it guards, never on the lock's own line.
 * Zeroed memory, made known to the host in `setup` by fg_host.resource, which fills the first four fields and `order`.
 */
typedef struct fg_resource {
  uint32_t size;
  uint32_t id;             /* from 1 */
  uint32_t kind;           /* fg_resource_kind */
  uint32_t permits;        /* how many may be inside; 1 for exclusive */
  uint64_t acquisitions;   /* exclusive: a plain increment inside the section; else atomic */
  uint32_t owner;          /* exclusive, or the writer: worker index + 1, 0 is nobody */
  uint32_t inside;         /* shared, permits: how many are inside now */
  uint32_t most_inside;    /* shared, permits: the most that ever were */
  uint32_t violations;     /* entries while it was not free, and releases by others than the owner */
  uint64_t released_ticks; /* when it was last released, if FG_ORDER_STAMPED */
  uint32_t order;          /* FG_ORDER_KEPT: the order of its acquisitions is recorded, above the level `edges` */
  uint32_t reserved;
} fg_resource;

#define FG_ORDER_KEPT 1u
#define FG_ORDER_STAMPED 2u /* its last release was stamped, and nobody has acquired it since */

/* ---- the worker, and its loop ---- */

struct fg_host;

#define FG_HELD_MAX 8u

/* One contender's counter, on a cache line of its own; one writer at a time. */
typedef struct fg_contender_slot {
  uint64_t count;
  uint64_t stamp_ticks;     /* host's: time of the last fg_stamp_for */
  uint64_t gap_begin_ticks; /* host's: the longest gap inside the window */
  uint64_t gap_end_ticks;
  uint64_t reserved[4];
} fg_contender_slot;

/* One acquisition, stamped; times in ticks. One cache line. */
typedef struct fg_stamps {
  uint64_t wait;     /* when it was requested; 0: it was given up */
  uint64_t hold;     /* acquired; 0: not yet */
  uint64_t release;  /* released; 0: not yet */
  uint64_t next;     /* and when this worker requested the next, at which this one is whole */
  uint64_t left;     /* when the resource was released by who had it before, if that was stamped */
  uint64_t position; /* 0: of a resource whose order is not kept */
  uint64_t request;  /* the position reached when it was requested; UINT64_MAX: not known */
  uint32_t distance; /* from this worker's acquisition before; 0: not known */
  uint32_t access;   /* fg_access */
} fg_stamps;

/* What the probes above the level `edges` keep of a worker, on lines of its own. The functions of resource.h and the
 * host use it; a plugin doesn't. Positions are those of fg_resource.acquisitions, from 1. */
typedef struct fg_probe {
  uint64_t acquired;         /* position of its newest acquisition; */
  uint64_t previous;         /* of the newest that is accounted for: the same, or the one before */
  uint64_t event;            /* from this position on the host wants to be called */
  uint64_t count;            /* accounted for */
  uint64_t longest_distance; /* the most positions between two of its own; 0: it was always handed to itself */
  uint64_t run_began;        /* `count` when its run of acquisitions in a row began, */
  uint64_t longest_run;      /* and the most of them in a run that has ended */
  uint32_t countdown;        /* waits until one is stamped */
  uint32_t stamping;         /* id of the resource whose wait or hold is being stamped; 0 none */
  fg_stamps* stamps;         /* host's room: at `stamped` what is being stamped, or was last; before it what is whole */
  uint32_t stamped;          /* (level full: the host accounts for many at once) */
  uint32_t stamps_room;      /* how many there is room for */
  uint64_t long_wait;        /* level full: the host wants to know of one longer than this, ticks */
  uint64_t random;           /* host's */
  uint64_t countdown_after;  /* host's: the next countdown, from a stamped request to the one after it; then 0 */
  uint64_t reserved[3];
} fg_probe;

#define FG_PROBES_FULL 2u       /* fg_worker.probe_level */
#define FG_PROBE_PATIENCE 2044u /* after so many requests, what was not released by who asked for it is given up */

/* One worker's lines on the board. A plugin reads index, place and seed, and leaves the rest to the functions below. */
typedef struct fg_worker {
  uint64_t count;   /* operations done; stored by the worker only */
  uint64_t horizon; /* fg_go asks the host when count reaches it; the supervisor may lower it to 0 at any time */
  const struct fg_host* host;
  fg_contender_slot* contenders;
  uint32_t index;             /* 0 ... workers - 1 */
  uint32_t place;             /* index into fg_host.places */
  uint64_t seed;              /* differs from worker to worker, the same for the same run seed */
  uint32_t probe_level;       /* 0 edges, 1 sampled, 2 FG_PROBES_FULL; the supervisor changes it at the window's ends */
  uint32_t gave_up;           /* how many waits were given up */
  uint64_t waiting_as;        /* its identity outside this process (a database session), 0 none; see fg_wait_as */
  uint32_t waiting_for;       /* second line: id of the resource it waits for, 0 none */
  uint32_t held[FG_HELD_MAX]; /* right behind it: the resources it holds, by id, in no order; 0: a free place */
  uint32_t held_more;         /* how many it holds for which there was no place */
  uint32_t counts_ticks;      /* stamps are the processor's own counter; 0: what fg_host.ticks says */
  uint32_t known_id;          /* id of the resource that it asked for last, */
  const fg_resource* known;   /* and where that is: a request doesn't read the line that the holder writes */
  uint64_t reserved;
  fg_probe probe; /* third and fourth line */
} fg_worker;

/* ---- what the host offers ---- */

typedef struct fg_place {
  uint32_t size;
  uint32_t unit_count;
  const uint32_t* units; /* OS indexes of the processing units that one worker may use; none: it is not pinned */
} fg_place;

typedef struct fg_host {
  uint32_t size;
  uint32_t abi_minor;
  void* context;         /* the host's own */
  uint32_t workers;      /* n; a team has one worker with n places */
  uint32_t place_count;  /* n too */
  uint32_t as_processes; /* workers are processes, not threads */
  uint32_t check;        /* reserved: 0 */
  const fg_place* const* places;
  uint64_t seed; /* of this trial */

  /* Zeroed bytes at one address in every worker, thread or process, on cache lines of their own; alignment is a power
   * of two up to 4096. They live until the trial ends. NULL if there is no memory. [control, in setup] */
  void* (*shared_alloc)(const struct fg_host*, size_t bytes, size_t alignment);
  /* State something that a status can't; the text, a sentence, is copied. [any] */
  void (*finding)(const struct fg_host*, fg_finding, fg_certainty, const char* text);
  /* Make a resource known: permits is 1 for exclusive, n for permits, 0 for shared. [control, in setup] */
  fg_status (*resource)(const struct fg_host*, fg_resource*, fg_resource_kind, uint32_t permits, const char* name);
  /* Report a counter of the workload's own, by its index in fg_workload.counters; finite. [control, in verify] */
  void (*counter)(const struct fg_host*, uint32_t index, double value);
  /* The slow path of fg_go; fg_go and fg_count out of line, for interpreters. [worker] */
  int (*go)(fg_worker*);
  void (*count)(fg_worker*, uint64_t operations);
  /* The slow path of the probes above `edges`. [worker] */
  void (*probe)(fg_worker*, fg_resource*, fg_event, fg_access);
  /* Stamp a contender's completion now, so that its gaps are exact. [any, one writer a contender] */
  void (*stamp_for)(const struct fg_host*, fg_contender_slot*);
  /* An optional interface by its id ("fairground.NAME/1"), or NULL. [control] */
  const void* (*extension)(const struct fg_host*, const char* id);
  /* The clock of the probes' stamps. [any] */
  uint64_t (*ticks)(void);
} fg_host;

/* ---- a workload ---- */

typedef enum fg_kind FG_ENUM {
  FG_EACH = 0, /* every worker runs the loop */
  FG_TEAM = 1  /* one worker with n places: a TBB arena, a server with its clients */
} fg_kind;

/* capabilities */
#define FG_MAY_BLOCK (1u << 0) /* a worker may sleep */
#define FG_MAY_HANG (1u << 1)  /* may hang on purpose */
#define FG_PROCESSES (1u << 2) /* works with workers that are processes */
#define FG_NETWORK (1u << 3)   /* needs loopback */
#define FG_DATABASE (1u << 4)
#define FG_FILES (1u << 5)     /* writes files, in the folder that the host names */
#define FG_CONTENDED (1u << 6) /* has a contended resource */

typedef struct fg_configuration {
  uint32_t size;
  uint32_t workers;
  uint32_t as_processes;
  uint32_t value_count;
  const fg_value* values; /* in the order of fg_workload.parameters, already in range */
  const char* scratch;    /* an empty private folder, removed after the trial */
} fg_configuration;

/* A contender that is not a worker. */
typedef struct fg_contender {
  uint32_t size;
  uint32_t place;         /* whose place it runs on; UINT32_MAX: not known */
  const char* class_name; /* reader, writer, client, session, slot; lives until destroy */
} fg_contender;

typedef struct fg_workload {
  uint32_t size;
  uint32_t version;      /* raised whenever its meaning changes */
  const char* id;        /* kebab-case */
  const char* family;    /* its folder and plugin: cpu, io, locks */
  const char* group;     /* its colour in plots: spin, blocking, queue, semaphore, ... */
  const char* control;   /* id of the same work without the contended resource; NULL if it has none */
  const char* summary;   /* one line */
  const char* operation; /* noun of what is counted: "acquisition" */
  const char* invariant; /* what verify checks, a sentence */
  fg_kind kind;
  uint32_t capabilities;                 /* FG_MAY_BLOCK | ... */
  uint32_t expects;                      /* FG_EXPECTS(FG_STARVATION) | ... */
  uint32_t promises_fairness;            /* with the values of its parameters that are `fair` */
  const fg_parameter* const* parameters; /* NULL-terminated, or NULL */
  const fg_counter* const* counters;     /* NULL-terminated, or NULL */

  /* [control] Make an instance; *self, NULL before, is handed to all that follows and may stay NULL. */
  fg_status (*create)(const fg_host*, void** self, fg_error*);
  /* [control] Take the parameters. Called once. */
  fg_status (*configure)(void* self, const fg_configuration*, fg_error*);
  /* [control, after configure] Bytes of shared state; 0, or NULL here: `state` is NULL. */
  size_t (*state_bytes)(void* self);
  /* [control, after configure] How many contenders other than workers; 0: the workers are the contenders. */
  uint32_t (*contenders)(void* self);
  /* [control, after configure] Describe contender i; without it they have no place and no class. */
  void (*contender)(void* self, uint32_t index, fg_contender*);
  /* [control] Build the shared state in zeroed memory, aligned to 4096 bytes. No thread may be started yet. */
  fg_status (*setup)(void* self, void* state, fg_error*);
  /* [control] After the workers' processes exist: threads of the plugin's own start here. `teardown` ends them. */
  fg_status (*start)(void* self, void* state, fg_error*);
  /* [worker] *local, NULL before, is this worker's own. */
  fg_status (*worker_start)(void* self, void* state, fg_worker*, void** local, fg_error*);
  /* [worker] while (fg_go(w)) { ...one operation...; fg_count(w, 1); }, and back soon after fg_go said no. */
  fg_status (*run)(void* self, void* state, fg_worker*, void* local, fg_error*);
  /* [worker] Called after run, whatever that returned. */
  fg_status (*worker_stop)(void* self, void* state, fg_worker*, void* local, fg_error*);
  /* [control] Free the workers that sleep, after stop; called again every 10 ms until all have left run. */
  void (*wake)(void* self, void* state);
  /* [control] All workers have left: is the invariant whole? */
  fg_status (*verify)(void* self, void* state, fg_error*);
  /* [control] Undo start and setup. */
  fg_status (*teardown)(void* self, void* state, fg_error*);
  /* [control] Undo create. */
  void (*destroy)(void* self);
  /* [control, after configure] Where the workers are the contenders: the class of one (reader, writer), or NULL. */
  const char* (*worker_class)(void* self, uint32_t worker);
} fg_workload;

typedef struct fg_plugin {
  uint32_t size;
  uint32_t magic;
  uint32_t abi_major;
  uint32_t abi_minor;
  const char* name;
  const fg_workload* const* workloads; /* NULL-terminated */
} fg_plugin;

/* The one exported symbol. */
extern FG_EXPORT const fg_plugin fairground_plugin;

/* ---- the loop. [worker] May be called from any function, callback, fiber or coroutine on the worker's thread. ---- */

/* Go on? One load and one branch, but for the few times that the host is asked. */
static inline int fg_go(fg_worker* w) {
  if (__builtin_expect(w->count < __atomic_load_n(&w->horizon, __ATOMIC_RELAXED), 1)) return 1;
  return w->host->go(w);
}

/* k operations are done. One store to the worker's own cache line. */
static inline void fg_count(fg_worker* w, uint64_t k) { __atomic_store_n(&w->count, w->count + k, __ATOMIC_RELAXED); }

/* k operations are done by a contender that is not a worker. [any, one writer a contender at a time] */
static inline void fg_count_for(fg_worker* w, uint32_t contender, uint64_t k) {
  fg_contender_slot* slot = &w->contenders[contender];
  __atomic_store_n(&slot->count, slot->count + k, __ATOMIC_RELAXED);
}

/* The same contender completed something just now: its gaps are then exact, not the sampler's. */
static inline void fg_stamp_for(fg_worker* w, uint32_t contender) {
  w->host->stamp_for(w->host, &w->contenders[contender]);
}

#include <fairground/resource.h>

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* FAIRGROUND_PLUGIN_H */
