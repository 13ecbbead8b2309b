// lies: a workload that says what isn't so, or asks for what can't be. README.md lists the lies.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <limits>

#include "acts.hpp"

// X(symbol, name)
#define FG_HOSTILE_LIES(X)                    \
  X(none, "none")                             \
  X(count_backwards, "count-backwards")       \
  X(count_without_work, "count-without-work") \
  X(count_overflow, "count-overflow")         \
  X(ignores_stop, "ignores-stop")             \
  X(leaves_early, "leaves-early")             \
  X(leaves_in_turn, "leaves-in-turn")         \
  X(never_counts, "never-counts")             \
  X(wrong, "wrong")                           \
  X(wrong_and_dies, "wrong-and-dies")         \
  X(thread_in_setup, "thread-in-setup")       \
  X(unknown_finding, "unknown-finding")       \
  X(many_findings, "many-findings")           \
  X(unexpected_finding, "unexpected-finding") \
  X(unknown_counter, "unknown-counter")       \
  X(unknown_resource, "unknown-resource")     \
  X(entered_twice, "entered-twice")           \
  X(keeps_permits, "keeps-permits")           \
  X(releases_unheld, "releases-unheld")       \
  X(huge_state, "huge-state")                 \
  X(huge_alloc, "huge-alloc")                 \
  X(odd_alignment, "odd-alignment")           \
  X(huge_contenders, "huge-contenders")       \
  X(nameless_contender, "nameless-contender") \
  X(unknown_contender, "unknown-contender")   \
  X(beyond_state, "beyond-state")             \
  X(scribble, "scribble")                     \
  X(rewrites_worker, "rewrites-worker")

namespace hostile {
namespace {

enum class Lie : std::int64_t {
#define X(symbol, name) symbol,
  FG_HOSTILE_LIES(X)
#undef X
};
constexpr const char* lie_names[] = {
#define X(symbol, name) name,
    FG_HOSTILE_LIES(X)
#undef X
        nullptr};

struct Instance {
  const fg_host* host;
  Lie lie = Lie::none;
};
Lie lie_of(void* self) { return static_cast<const Instance*>(self)->lie; }

// The state: one resource, and room behind it that nobody gave.
struct State {
  fg_resource resource;
};

fg_status create(const fg_host* host, void** self, fg_error*) {
  *self = new Instance{host};
  return FG_OK;
}
fg_status configure(void* self, const fg_configuration* c, fg_error*) {
  static_cast<Instance*>(self)->lie = static_cast<Lie>(c->values[0].integer);
  return FG_OK;
}
std::size_t state_bytes(void* self) {
  return lie_of(self) == Lie::huge_state ? std::numeric_limits<std::size_t>::max() : sizeof(State);
}
std::uint32_t contenders(void* self) {
  switch (lie_of(self)) {
    case Lie::huge_contenders:
      return std::numeric_limits<std::uint32_t>::max();
    case Lie::nameless_contender:
      return 2;
    default:
      return 0;
  }
}
void contender(void*, std::uint32_t, fg_contender* out) {
  out->place = 999'999;
  out->class_name = nullptr;
}

fg_status ask_for_memory(const fg_host* host, fg_error* error) {
  const std::size_t sizes[] = {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() - 63,
                               std::size_t{1} << 62, std::size_t{1} << 48};
  for (const std::size_t bytes : sizes)
    if (host->shared_alloc(host, bytes, 64) != nullptr)
      return fg_fail(error, FG_INTERNAL, "the host gave %zu bytes that it can't have", bytes);
  return fg_fail(error, FG_NO_RESOURCE, "no memory for 2^48 bytes");
}

fg_status setup(void* self, void* state, fg_error* error) {
  const fg_host* host = static_cast<Instance*>(self)->host;
  auto& resource = static_cast<State*>(state)->resource;
  switch (lie_of(self)) {
    case Lie::thread_in_setup:
      leave_thread();
      return FG_OK;
    case Lie::unknown_finding:
      host->finding(host, static_cast<fg_finding>(77), static_cast<fg_certainty>(77), nullptr);
      return FG_OK;
    case Lie::many_findings:
      for (int i = 0; i < 100'000; ++i) host->finding(host, FG_LEAK, FG_POSSIBLE, "one of a hundred thousand");
      return FG_OK;
    case Lie::unexpected_finding:
      host->finding(host, FG_DEADLOCK, FG_CERTAIN, "so it says");
      return FG_OK;
    case Lie::unknown_resource: {
      const fg_status status = host->resource(host, &resource, static_cast<fg_resource_kind>(77), 0, nullptr);
      return status == FG_OK ? FG_OK : fg_fail(error, status, "the host refused a resource of kind 77");
    }
    case Lie::entered_twice:
    case Lie::releases_unheld:
      return host->resource(host, &resource, FG_EXCLUSIVE, 1, "door");
    case Lie::keeps_permits:
      return host->resource(host, &resource, FG_PERMITS, 4, "seats");
    case Lie::huge_alloc:
      return ask_for_memory(host, error);
    case Lie::odd_alignment:
      for (const std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{1} << 40})
        if (auto* p = static_cast<char*>(host->shared_alloc(host, 64, alignment))) std::memset(p, 1, 64);
      return FG_OK;
    default:
      return FG_OK;
  }
}

// Write 0xff over all of the mapping that the worker's line lies in: the board.
void scribble_over(const void* inside) {
  std::FILE* maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return;
  char line[512];
  const auto address = reinterpret_cast<std::uintptr_t>(inside);
  unsigned long begin = 0, end = 0;
  while (std::fgets(line, sizeof line, maps) != nullptr)
    if (std::sscanf(line, "%lx-%lx", &begin, &end) == 2 && begin <= address && address < end) break;
  std::fclose(maps);
  if (begin <= address && address < end) std::memset(reinterpret_cast<void*>(begin), 0xff, end - begin);
}

// What is done once, after the worker's thousandth turn.
void lie_once(Lie lie, State& state, fg_worker* w) {
  switch (lie) {
    case Lie::count_overflow:
      __atomic_store_n(&w->count, UINT64_MAX, __ATOMIC_RELAXED);
      break;
    case Lie::entered_twice:
      fg_wait(w, &state.resource, FG_WRITE);
      fg_acquired(w, &state.resource, FG_WRITE);
      fg_acquired(w, &state.resource, FG_WRITE);
      fg_released(w, &state.resource, FG_WRITE);
      break;
    case Lie::releases_unheld:
      fg_released(w, &state.resource, FG_WRITE);
      break;
    case Lie::keeps_permits:
      fg_acquired(w, &state.resource, FG_WRITE);
      break;
    case Lie::unknown_contender:
      fg_count_for(w, 1u << 30, 1);
      break;
    case Lie::beyond_state:
      std::memset(static_cast<void*>(&state + 1), 0xff, std::size_t{64} << 20);
      break;
    case Lie::scribble:
      scribble_over(w);
      break;
    case Lie::rewrites_worker:
      w->index = 4'000'000;
      w->place = 4'000'000;
      std::fill(std::begin(w->held), std::end(w->held), UINT32_MAX);
      w->waiting_for = UINT32_MAX;
      break;
    default:
      break;
  }
}

constexpr std::int64_t climb_ns = 30'000'000;  // so long a count that goes backwards goes forwards first
constexpr std::int64_t turn_ns = 600'000'000;  // between two workers that leave in turn

fg_status run(void* self, void* shared, fg_worker* w, void*, fg_error*) {
  const Lie lie = lie_of(self);
  auto& state = *static_cast<State*>(shared);
  const std::int64_t begin = now_ns(), end = begin + longest_s * 1'000'000'000LL;
  for (std::uint64_t turn = 1;; ++turn) {
    if (!fg_go(w) && (lie != Lie::ignores_stop || now_ns() > end)) {
      if (lie == Lie::leaves_in_turn) sleep_until(now_ns() + (w->index + 1) * turn_ns);
      return FG_OK;
    }
    if (turn == 1000) {
      if (lie == Lie::leaves_early) return FG_OK;
      lie_once(lie, state, w);
    }
    if (lie == Lie::count_backwards && now_ns() - begin > climb_ns && w->count > 0)
      __atomic_store_n(&w->count, w->count - 1, __ATOMIC_RELAXED);
    else if (lie != Lie::never_counts)
      fg_count(w, lie == Lie::count_without_work ? 1'000'000 : 1);
  }
}

fg_status verify(void* self, void*, fg_error* error) {
  const fg_host* host = static_cast<Instance*>(self)->host;
  if (lie_of(self) == Lie::unknown_counter) {
    host->counter(host, 0, std::nan(""));
    host->counter(host, 1, std::numeric_limits<double>::infinity());
    host->counter(host, UINT32_MAX, 1.0);
  }
  const bool wrong = lie_of(self) == Lie::wrong || lie_of(self) == Lie::wrong_and_dies;
  return wrong ? fg_fail(error, FG_WRONG, "verify says so, whatever was counted") : FG_OK;
}

fg_status teardown(void* self, void*, fg_error*) {
  if (lie_of(self) == Lie::wrong_and_dies) *nowhere() = 1;
  return FG_OK;
}

void destroy(void* self) { delete static_cast<Instance*>(self); }

constexpr fg_parameter lie_parameter{sizeof(fg_parameter),
                                     FG_CHOICE,
                                     "lie",
                                     "what isn't so",
                                     "",
                                     {0, 0.0, lie_names[0]},
                                     0.0,
                                     0.0,
                                     lie_names,
                                     nullptr,
                                     nullptr};
constexpr const fg_parameter* parameters[] = {&lie_parameter, nullptr};
constexpr fg_counter figure{sizeof(fg_counter), "figure", "not a number"};
constexpr fg_counter other_figure{sizeof(fg_counter), "other_figure", "not finite"};
constexpr const fg_counter* counters[] = {&figure, &other_figure, nullptr};

constexpr fg_workload lies{sizeof(fg_workload),
                           1,
                           "lies",
                           "hostile",
                           "hostile",
                           nullptr,
                           "says what isn't so",
                           "turn",
                           "none that could be believed",
                           FG_EACH,
                           FG_PROCESSES,
                           0,
                           0,
                           parameters,
                           counters,
                           create,
                           configure,
                           state_bytes,
                           contenders,
                           contender,
                           setup,
                           nullptr,
                           nullptr,
                           run,
                           nullptr,
                           nullptr,
                           verify,
                           teardown,
                           destroy,
                           nullptr};
constexpr const fg_workload* workloads[] = {&lies, nullptr};

}  // namespace
}  // namespace hostile

extern "C" const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR,
                                                FG_ABI_MINOR,      "lies",   hostile::workloads};
