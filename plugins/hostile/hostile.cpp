// hostile: does `how` when the host calls `where`, and is otherwise a well-behaved counter. README.md lists both.
// Written against the C table, because workload.hpp would catch what is thrown here.
#include <atomic>
#include <new>

#include "acts.hpp"

namespace hostile {
namespace {

enum class Where : std::int64_t {
  configure,
  state_bytes,
  contenders,
  contender,
  setup,
  start,
  worker_start,
  run,
  worker_stop,
  wake,
  verify,
  teardown,
  destroy
};
constexpr const char* where_names[] = {"configure", "state-bytes",  "contenders", "contender",   "setup",
                                       "start",     "worker-start", "run",        "worker-stop", "wake",
                                       "verify",    "teardown",     "destroy",    nullptr};

struct Instance {
  Where where = Where::run;
  Act how = Act::nothing;
  std::uint32_t worker = 0;
  std::int64_t after_ns = 0;
};

struct State {
  std::atomic<bool> woken;
  std::atomic<std::uint64_t> turns;
};

fg_status at(Where here, void* self, fg_error* error) {
  const auto& instance = *static_cast<const Instance*>(self);
  return instance.where == here ? perform(instance.how, error) : FG_OK;
}
fg_status at(Where here, void* self, const fg_worker* w, fg_error* error) {
  return static_cast<const Instance*>(self)->worker == w->index ? at(here, self, error) : FG_OK;
}

template <Act act>
fg_status create(const fg_host*, void** self, fg_error* error) {
  *self = new Instance;
  const fg_status status = perform(act, error);
  if (status != FG_OK) delete static_cast<Instance*>(*self);
  return status;
}
fg_status configure(void* self, const fg_configuration* c, fg_error* error) {
  auto& instance = *static_cast<Instance*>(self);
  instance.where = static_cast<Where>(c->values[0].integer);
  instance.how = static_cast<Act>(c->values[1].integer);
  instance.worker = static_cast<std::uint32_t>(c->values[2].integer);
  instance.after_ns = c->values[3].integer;
  return at(Where::configure, self, error);
}
std::size_t state_bytes(void* self) { return at(Where::state_bytes, self, nullptr), sizeof(State); }
std::uint32_t contenders(void* self) {
  at(Where::contenders, self, nullptr);
  return static_cast<Instance*>(self)->where == Where::contender ? 1 : 0;
}
void contender(void* self, std::uint32_t, fg_contender* out) {
  at(Where::contender, self, nullptr);
  out->class_name = "client";
}
fg_status setup(void* self, void* state, fg_error* error) {
  new (state) State;
  return at(Where::setup, self, error);
}
fg_status start(void* self, void*, fg_error* error) { return at(Where::start, self, error); }
fg_status worker_start(void* self, void*, fg_worker* w, void**, fg_error* error) {
  return at(Where::worker_start, self, w, error);
}
fg_status run(void* self, void* shared, fg_worker* w, void*, fg_error* error) {
  const auto& instance = *static_cast<const Instance*>(self);
  auto& state = *static_cast<State*>(shared);
  bool waiting = instance.where == Where::run && instance.worker == w->index;
  const std::int64_t due = now_ns() + instance.after_ns;
  std::uint64_t turns = 0;
  for (; fg_go(w); ++turns) {
    if (waiting && turns % 256 == 0 && now_ns() >= due) {
      waiting = false;
      const fg_status status = perform(instance.how, error);
      if (status != FG_OK) return status;
    }
    fg_count(w, 1);
    if (instance.where == Where::contender && w->index == 0) fg_count_for(w, 0, 1);
  }
  state.turns += turns;
  // A worker that needs to be woken, else `wake` might never be called.
  while (instance.where == Where::wake && !state.woken) usleep(1000);
  return FG_OK;
}
fg_status worker_stop(void* self, void*, fg_worker* w, void*, fg_error* error) {
  return at(Where::worker_stop, self, w, error);
}
void wake(void* self, void* state) {
  at(Where::wake, self, nullptr);
  static_cast<State*>(state)->woken = true;
}
fg_status verify(void* self, void*, fg_error* error) { return at(Where::verify, self, error); }
fg_status teardown(void* self, void*, fg_error* error) { return at(Where::teardown, self, error); }
void destroy(void* self) {
  at(Where::destroy, self, nullptr);
  delete static_cast<Instance*>(self);
}

constexpr fg_parameter where_parameter{sizeof(fg_parameter),
                                       FG_CHOICE,
                                       "where",
                                       "the function that misbehaves",
                                       "",
                                       {static_cast<std::int64_t>(Where::run), 0.0, "run"},
                                       0.0,
                                       0.0,
                                       where_names,
                                       nullptr,
                                       nullptr};
constexpr fg_parameter how_parameter{sizeof(fg_parameter),
                                     FG_CHOICE,
                                     "how",
                                     "what it does",
                                     "",
                                     {0, 0.0, act_names[0]},
                                     0.0,
                                     0.0,
                                     act_names,
                                     nullptr,
                                     nullptr};
constexpr fg_parameter worker_parameter{sizeof(fg_parameter),
                                        FG_INTEGER,
                                        "worker",
                                        "the worker that does it",
                                        "",
                                        {0, 0.0, nullptr},
                                        0.0,
                                        1e6,
                                        nullptr,
                                        nullptr,
                                        nullptr};
constexpr fg_parameter after_parameter{sizeof(fg_parameter),
                                       FG_DURATION,
                                       "after",
                                       "how long run behaves before it does it",
                                       "ns",
                                       {20'000'000, 0.0, nullptr},
                                       0.0,
                                       1e12,
                                       nullptr,
                                       nullptr,
                                       nullptr};
constexpr const fg_parameter* parameters[] = {&where_parameter, &how_parameter, &worker_parameter, &after_parameter,
                                              nullptr};

constexpr fg_workload table(const char* id, fg_status (*make)(const fg_host*, void**, fg_error*)) {
  return {sizeof(fg_workload),
          1,
          id,
          "hostile",
          "hostile",
          nullptr,
          "misbehaves where and how it is told to",
          "turn",
          "none: what matters is what becomes of the trial",
          FG_EACH,
          FG_PROCESSES | FG_MAY_BLOCK,
          0,
          0,
          parameters,
          nullptr,
          make,
          configure,
          state_bytes,
          contenders,
          contender,
          setup,
          start,
          worker_start,
          run,
          worker_stop,
          wake,
          verify,
          teardown,
          destroy,
          nullptr};
}

// hostile, and hostile-create-HOW for each: what `create` does can't be told by a parameter.
constexpr fg_workload by_parameters = table("hostile", create<Act::nothing>);
#define X(symbol, name) constexpr fg_workload create_##symbol = table("hostile-create-" name, create<Act::symbol>);
FG_HOSTILE_ACTS(X)
#undef X
constexpr const fg_workload* workloads[] = {&by_parameters,
#define X(symbol, name) &create_##symbol,
                                            FG_HOSTILE_ACTS(X)
#undef X
                                                nullptr};

}  // namespace
}  // namespace hostile

extern "C" const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC,  FG_ABI_MAJOR,
                                                FG_ABI_MINOR,      "hostile", hostile::workloads};
