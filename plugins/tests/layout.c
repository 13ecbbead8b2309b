/* Prints the layout of the contract: size and alignment of each struct, offset and size of each field, value of each
 * constant. Compiled as C and as C++; both must print the golden file. Ends with 1 if a field was left out here. */
#include <fairground/plugin.h>
#include <stdalign.h>

static size_t end_of_last;
static int missing;

static void begin(const char* name, size_t size, size_t alignment) {
  printf("%s %zu align %zu\n", name, size, alignment);
  end_of_last = 0;
}
static void field(const char* name, size_t offset, size_t size, size_t alignment) {
  printf("  %s %zu %zu\n", name, offset, size);
  if (offset != (end_of_last + alignment - 1) / alignment * alignment) missing = 1;
  end_of_last = offset + size;
}
static void end(size_t size, size_t alignment) {
  if (size != (end_of_last + alignment - 1) / alignment * alignment) missing = 1;
}

/* The alignment of a field: where it lands behind a char. */
#ifdef __cplusplus
#define ALIGNMENT(s, f) alignof(decltype(s::f))
#else
#define ALIGNMENT(s, f) __alignof__(((s*)0)->f)
#endif
#define BEGIN(s) begin(#s, sizeof(s), alignof(s))
#define FIELD(s, f) field(#f, offsetof(s, f), sizeof(((s*)0)->f), ALIGNMENT(s, f))
#define END(s) end(sizeof(s), alignof(s))
#define CONSTANT(c) printf("%s %lu\n", #c, (unsigned long)(c))

static void small_structs(void) {
  BEGIN(fg_error), FIELD(fg_error, size), FIELD(fg_error, capacity), FIELD(fg_error, text), END(fg_error);
  BEGIN(fg_value), FIELD(fg_value, integer), FIELD(fg_value, real), FIELD(fg_value, text), END(fg_value);
  BEGIN(fg_parameter), FIELD(fg_parameter, size), FIELD(fg_parameter, type), FIELD(fg_parameter, key);
  FIELD(fg_parameter, help), FIELD(fg_parameter, unit), FIELD(fg_parameter, default_value);
  FIELD(fg_parameter, minimum), FIELD(fg_parameter, maximum), FIELD(fg_parameter, choices);
  FIELD(fg_parameter, processes), FIELD(fg_parameter, fair), END(fg_parameter);
  BEGIN(fg_counter), FIELD(fg_counter, size), FIELD(fg_counter, key), FIELD(fg_counter, help), END(fg_counter);
  BEGIN(fg_place), FIELD(fg_place, size), FIELD(fg_place, unit_count), FIELD(fg_place, units), END(fg_place);
  BEGIN(fg_contender), FIELD(fg_contender, size), FIELD(fg_contender, place), FIELD(fg_contender, class_name);
  END(fg_contender);
  BEGIN(fg_configuration), FIELD(fg_configuration, size), FIELD(fg_configuration, workers);
  FIELD(fg_configuration, as_processes), FIELD(fg_configuration, value_count), FIELD(fg_configuration, values);
  FIELD(fg_configuration, scratch), END(fg_configuration);
  BEGIN(fg_plugin), FIELD(fg_plugin, size), FIELD(fg_plugin, magic), FIELD(fg_plugin, abi_major);
  FIELD(fg_plugin, abi_minor), FIELD(fg_plugin, name), FIELD(fg_plugin, workloads), END(fg_plugin);
}

static void board_structs(void) {
  BEGIN(fg_resource), FIELD(fg_resource, size), FIELD(fg_resource, id), FIELD(fg_resource, kind);
  FIELD(fg_resource, permits), FIELD(fg_resource, acquisitions), FIELD(fg_resource, owner);
  FIELD(fg_resource, inside), FIELD(fg_resource, most_inside), FIELD(fg_resource, violations);
  FIELD(fg_resource, released_ticks), FIELD(fg_resource, order), FIELD(fg_resource, reserved), END(fg_resource);
  BEGIN(fg_contender_slot), FIELD(fg_contender_slot, count), FIELD(fg_contender_slot, stamp_ticks);
  FIELD(fg_contender_slot, gap_begin_ticks), FIELD(fg_contender_slot, gap_end_ticks);
  FIELD(fg_contender_slot, reserved), END(fg_contender_slot);
  BEGIN(fg_stamps), FIELD(fg_stamps, wait), FIELD(fg_stamps, hold), FIELD(fg_stamps, release), FIELD(fg_stamps, next);
  FIELD(fg_stamps, left), FIELD(fg_stamps, position), FIELD(fg_stamps, request), FIELD(fg_stamps, distance);
  FIELD(fg_stamps, access), END(fg_stamps);
  BEGIN(fg_probe), FIELD(fg_probe, acquired), FIELD(fg_probe, previous), FIELD(fg_probe, event);
  FIELD(fg_probe, count), FIELD(fg_probe, longest_distance), FIELD(fg_probe, run_began), FIELD(fg_probe, longest_run);
  FIELD(fg_probe, countdown), FIELD(fg_probe, stamping), FIELD(fg_probe, stamps), FIELD(fg_probe, stamped);
  FIELD(fg_probe, stamps_room), FIELD(fg_probe, long_wait), FIELD(fg_probe, random), FIELD(fg_probe, countdown_after);
  FIELD(fg_probe, reserved), END(fg_probe);
  BEGIN(fg_worker), FIELD(fg_worker, count), FIELD(fg_worker, horizon), FIELD(fg_worker, host);
  FIELD(fg_worker, contenders), FIELD(fg_worker, index), FIELD(fg_worker, place), FIELD(fg_worker, seed);
  FIELD(fg_worker, probe_level), FIELD(fg_worker, gave_up), FIELD(fg_worker, waiting_as);
  FIELD(fg_worker, waiting_for), FIELD(fg_worker, held), FIELD(fg_worker, held_more), FIELD(fg_worker, counts_ticks);
  FIELD(fg_worker, known_id), FIELD(fg_worker, known), FIELD(fg_worker, reserved);
  FIELD(fg_worker, probe);
  END(fg_worker);
}

static void tables(void) {
  BEGIN(fg_host), FIELD(fg_host, size), FIELD(fg_host, abi_minor), FIELD(fg_host, context);
  FIELD(fg_host, workers), FIELD(fg_host, place_count), FIELD(fg_host, as_processes), FIELD(fg_host, check);
  FIELD(fg_host, places), FIELD(fg_host, seed), FIELD(fg_host, shared_alloc), FIELD(fg_host, finding);
  FIELD(fg_host, resource), FIELD(fg_host, counter), FIELD(fg_host, go), FIELD(fg_host, count);
  FIELD(fg_host, probe), FIELD(fg_host, stamp_for), FIELD(fg_host, extension), FIELD(fg_host, ticks), END(fg_host);
  BEGIN(fg_workload), FIELD(fg_workload, size), FIELD(fg_workload, version), FIELD(fg_workload, id);
  FIELD(fg_workload, family), FIELD(fg_workload, group), FIELD(fg_workload, control), FIELD(fg_workload, summary);
  FIELD(fg_workload, operation), FIELD(fg_workload, invariant), FIELD(fg_workload, kind);
  FIELD(fg_workload, capabilities), FIELD(fg_workload, expects), FIELD(fg_workload, promises_fairness);
  FIELD(fg_workload, parameters), FIELD(fg_workload, counters), FIELD(fg_workload, create);
  FIELD(fg_workload, configure), FIELD(fg_workload, state_bytes), FIELD(fg_workload, contenders);
  FIELD(fg_workload, contender), FIELD(fg_workload, setup), FIELD(fg_workload, start);
  FIELD(fg_workload, worker_start), FIELD(fg_workload, run), FIELD(fg_workload, worker_stop);
  FIELD(fg_workload, wake), FIELD(fg_workload, verify), FIELD(fg_workload, teardown), FIELD(fg_workload, destroy);
  FIELD(fg_workload, worker_class);
  END(fg_workload);
}

static void constants(void) {
  CONSTANT(FG_MAGIC), CONSTANT(FG_ABI_MAJOR), CONSTANT(FG_ABI_MINOR), CONSTANT(FG_HELD_MAX);
  CONSTANT(FG_OK), CONSTANT(FG_UNSUPPORTED), CONSTANT(FG_NO_RESOURCE), CONSTANT(FG_BAD_PARAMETER);
  CONSTANT(FG_WRONG), CONSTANT(FG_INTERNAL);
  CONSTANT(FG_DEADLOCK), CONSTANT(FG_LIVELOCK), CONSTANT(FG_STARVATION), CONSTANT(FG_LOST_UPDATE);
  CONSTANT(FG_HANG), CONSTANT(FG_CRASH), CONSTANT(FG_LEAK), CONSTANT(FG_WRONG_RESULT);
  CONSTANT(FG_EXPECTS(FG_WRONG_RESULT)), CONSTANT(FG_CERTAIN), CONSTANT(FG_POSSIBLE);
  CONSTANT(FG_INTEGER), CONSTANT(FG_SIZE), CONSTANT(FG_DURATION), CONSTANT(FG_RATIO), CONSTANT(FG_BOOL);
  CONSTANT(FG_CHOICE), CONSTANT(FG_TEXT);
  CONSTANT(FG_EXCLUSIVE), CONSTANT(FG_SHARED), CONSTANT(FG_PERMITS), CONSTANT(FG_WRITE), CONSTANT(FG_READ);
  CONSTANT(FG_EVENT_WAIT), CONSTANT(FG_EVENT_ACQUIRED), CONSTANT(FG_EVENT_ORDER);
  CONSTANT(FG_EVENT_STAMPED), CONSTANT(FG_PROBES_FULL), CONSTANT(FG_PROBE_PATIENCE);
  CONSTANT(FG_EACH), CONSTANT(FG_TEAM);
  CONSTANT(FG_MAY_BLOCK), CONSTANT(FG_MAY_HANG), CONSTANT(FG_PROCESSES), CONSTANT(FG_NETWORK), CONSTANT(FG_DATABASE);
  CONSTANT(FG_FILES), CONSTANT(FG_CONTENDED);
  CONSTANT(sizeof(fg_status)), CONSTANT(sizeof(fg_finding)), CONSTANT(sizeof(fg_certainty)), CONSTANT(sizeof(fg_type));
  CONSTANT(sizeof(fg_resource_kind)), CONSTANT(sizeof(fg_access)), CONSTANT(sizeof(fg_event)),
      CONSTANT(sizeof(fg_kind));
}

int main(void) {
  small_structs();
  board_structs();
  tables();
  constants();
  if (missing) fputs("a field of plugin.h is not listed in layout.c, or not in its order\n", stderr);
  return missing;
}
