/* A small correct plugin, of which CMakeLists.txt makes broken ones by giving one of these another value. */
#include <fairground/plugin.h>
#include <math.h>

#ifndef SYMBOL
#define SYMBOL fairground_plugin
#endif
#ifndef PLUGIN_SIZE
#define PLUGIN_SIZE sizeof(fg_plugin)
#endif
#ifndef MAGIC
#define MAGIC FG_MAGIC
#endif
#ifndef MAJOR
#define MAJOR FG_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR FG_ABI_MINOR
#endif
#ifndef NAME
#define NAME "broken"
#endif
#ifndef WORKLOADS
#define WORKLOADS workloads
#endif
#ifndef WORKLOAD_SIZE
#define WORKLOAD_SIZE sizeof(fg_workload)
#endif
#ifndef VERSION
#define VERSION 1
#endif
#ifndef ID
#define ID "broken"
#endif
#ifndef SECOND_ID
#define SECOND_ID "broken-second"
#endif
#ifndef FAMILY
#define FAMILY "hostile"
#endif
#ifndef SUMMARY
#define SUMMARY "counts, and has one thing wrong in its description"
#endif
#ifndef OPERATION
#define OPERATION "turn"
#endif
#ifndef INVARIANT
#define INVARIANT "none"
#endif
#ifndef KIND
#define KIND FG_EACH
#endif
#ifndef RUN
#define RUN run
#endif
#ifndef KEY
#define KEY "number"
#endif
#ifndef SECOND_KEY
#define SECOND_KEY "mode"
#endif
#ifndef TYPE
#define TYPE FG_INTEGER
#endif
#ifndef DEFAULT
#define DEFAULT 5
#endif
#ifndef MINIMUM
#define MINIMUM 0
#endif
#ifndef MAXIMUM
#define MAXIMUM 10
#endif
#ifndef CHOICES
#define CHOICES choices
#endif
#ifndef CHOICE
#define CHOICE "slow"
#endif
#ifndef COUNTER
#define COUNTER "turns"
#endif

static fg_status run(void* self, void* state, fg_worker* w, void* local, fg_error* error) {
  (void)self, (void)state, (void)local, (void)error;
  while (fg_go(w)) fg_count(w, 1);
#ifdef MISSING
  extern void a_function_of_no_library(void);
  a_function_of_no_library();
#endif
  return FG_OK;
}

static const char* const choices[] = {"fast", "slow", NULL};
static const fg_parameter number = {.size = sizeof(fg_parameter),
                                    .type = TYPE,
                                    .key = KEY,
                                    .help = "a number",
                                    .unit = "",
                                    .default_value = {DEFAULT, 0.0, NULL},
                                    .minimum = MINIMUM,
                                    .maximum = MAXIMUM};
static const fg_parameter mode = {.size = sizeof(fg_parameter),
                                  .type = FG_CHOICE,
                                  .key = SECOND_KEY,
                                  .help = "a choice",
                                  .unit = "",
                                  .default_value = {1, 0.0, CHOICE},
                                  .choices = CHOICES};
static const fg_parameter* const parameters[] = {&number, &mode, NULL};
static const fg_counter turns = {sizeof(fg_counter), COUNTER, "turns"};
static const fg_counter* const counters[] = {&turns, NULL};

#define TABLE(the_id)                                                                                                  \
  {                                                                                                                    \
    .size = WORKLOAD_SIZE, .version = VERSION, .id = the_id, .family = FAMILY, .group = "hostile", .summary = SUMMARY, \
    .operation = OPERATION, .invariant = INVARIANT, .kind = (fg_kind)KIND, .parameters = parameters,                   \
    .counters = counters, .run = RUN,                                                                                  \
  }
static const fg_workload first = TABLE(ID);
static const fg_workload second = TABLE(SECOND_ID);
static const fg_workload* const workloads[] = {&first, &second, NULL};
static const fg_workload* const no_workloads[] = {NULL};

/* What is not used in one of the variants. */
extern const void* const kept[];
const void* const kept[] = {(const void*)choices, (const void*)workloads, (const void*)no_workloads};
extern fg_status (*const kept_run)(void*, void*, fg_worker*, void*, fg_error*);
fg_status (*const kept_run)(void*, void*, fg_worker*, void*, fg_error*) = run;

extern FG_EXPORT const fg_plugin SYMBOL;
const fg_plugin SYMBOL = {PLUGIN_SIZE, MAGIC, MAJOR, MINOR, NAME, WORKLOADS};
