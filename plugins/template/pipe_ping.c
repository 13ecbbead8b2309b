/* pipe-ping: each worker sends a number into a pipe of its own and reads it back: two system calls and a copy. */
#include <errno.h>
#include <fairground/plugin.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* The shared state is one number: how many came back wrong. */
static size_t state_bytes(void* self) { return (void)self, sizeof(uint64_t); }

static fg_status run(void* self, void* state, fg_worker* w, void* local, fg_error* error) {
  int ends[2];
  (void)self, (void)local;
  if (pipe(ends) != 0) return fg_fail(error, FG_NO_RESOURCE, "no pipe: %s", strerror(errno));
  fg_status status = FG_OK;
  for (uint64_t sent = w->seed, got = 0; fg_go(w); ++sent) {
    if (write(ends[1], &sent, sizeof sent) != sizeof sent || read(ends[0], &got, sizeof got) != sizeof got) {
      status = fg_fail(error, FG_INTERNAL, "the pipe broke: %s", strerror(errno));
      break;
    }
    if (got != sent) __atomic_fetch_add((uint64_t*)state, 1, __ATOMIC_RELAXED);
    fg_count(w, 1);
  }
  close(ends[0]);
  close(ends[1]);
  return status;
}

static fg_status verify(void* self, void* state, fg_error* error) {
  const uint64_t wrong = *(uint64_t*)state;
  (void)self;
  return wrong == 0 ? FG_OK : fg_fail(error, FG_WRONG, "%" PRIu64 " numbers came back changed", wrong);
}

static const fg_workload pipe_ping = {
    .size = sizeof(fg_workload),
    .version = 1,
    .id = "pipe-ping",
    .family = "template",
    .group = "kernel",
    .summary = "a number through a pipe of one's own and back",
    .operation = "round trip",
    .invariant = "every number comes back as it was sent",
    .capabilities = FG_PROCESSES,
    .state_bytes = state_bytes,
    .run = run,
    .verify = verify,
};
static const fg_workload* const workloads[] = {&pipe_ping, NULL};
const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR, FG_ABI_MINOR, "pipe-ping", workloads};
