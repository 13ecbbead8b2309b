// fairground/workload.hpp: write a workload as a plain C++20 struct; this header makes the C table of plugin.h from it.
//
//   #include <fairground/workload.hpp>
//   #include <atomic>
//   struct Increment {
//     static constexpr fairground::Description description{
//         .id = "increment", .family = "example", .summary = "one atomic counter for all",
//         .operation = "increment", .invariant = "the counter is the sum of all increments"};
//     struct State { std::atomic<std::uint64_t> total, expected; };
//     void run(fairground::Worker w, State& s) {
//       std::uint64_t mine = 0;
//       while (w.go()) { s.total.fetch_add(1); ++mine; w.count(); }
//       s.expected.fetch_add(mine);
//     }
//     void verify(State& s) { if (s.total != s.expected) throw fairground::wrong("lost increments"); }
//   };
//   FAIRGROUND_PLUGIN("example", Increment)
//
// A workload W may have, and needs none but `description` and `run`:
//   types    State (shared, built in zeroed memory), Local (a worker's own; default-constructible)
//   static   parameters() -> std::tuple of fairground::integer/size/duration/ratio/boolean/choice/text
//            counters: an array of fairground::Counter
//   members  W() or W(Host); configure(const Configuration&); state_bytes() const; contenders() const;
//            contender(i) const -> Contender; setup(State&); start(State&);
//            worker_start(Worker, State&[, Local&]); run(Worker, State&[, Local&]); worker_stop(Worker, State&[, Local&]);
//            wake(State&); verify(State&); teardown(State&)
// Threads are those of plugin.h. Any of them may throw: `wrong`, `unsupported`, `no_resource`, `bad_parameter` give that
// status, any other exception gives FG_INTERNAL with its text. Without a State the State& parameter is left out.
#ifndef FAIRGROUND_WORKLOAD_HPP
#define FAIRGROUND_WORKLOAD_HPP

#include <fairground/plugin.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace fairground {

// ---- errors ----

// A status with its sentence, thrown inside a workload, caught before it leaves the plugin.
class Failure : public std::runtime_error {
 public:
  Failure(fg_status status, const std::string& text) : std::runtime_error(text), status_(status) {}
  [[nodiscard]] fg_status status() const noexcept { return status_; }

 private:
  fg_status status_;
};
inline Failure wrong(const std::string& text) { return {FG_WRONG, text}; }
inline Failure unsupported(const std::string& text) { return {FG_UNSUPPORTED, text}; }
inline Failure no_resource(const std::string& text) { return {FG_NO_RESOURCE, text}; }
inline Failure bad_parameter(const std::string& text) { return {FG_BAD_PARAMETER, text}; }

// ---- what a workload says of itself; plugin.h explains each ----

struct Description {
  const char* id;
  const char* family = "";
  const char* group = "";
  const char* control = nullptr;
  const char* summary = "";
  const char* operation = "operation";
  const char* invariant = "";
  fg_kind kind = FG_EACH;
  std::uint32_t version = 1;
  std::uint32_t capabilities = 0;
  std::uint32_t expects = 0;
  bool promises_fairness = false;
};

struct Counter {
  const char* key;
  const char* help;
};

// ---- parameters, bound to members of the workload ----

template <class W, class T>
struct Parameter {
  fg_parameter description;
  T W::*member;
};

template <class W>
constexpr Parameter<W, std::int64_t> integer(const char* key, std::int64_t W::*member, std::int64_t default_value,
                                             std::int64_t minimum, std::int64_t maximum, const char* help,
                                             const char* unit = "", fg_type type = FG_INTEGER) {
  return {{sizeof(fg_parameter), type, key, help, unit, {default_value, 0.0, nullptr}, static_cast<double>(minimum),
           static_cast<double>(maximum), nullptr, nullptr}, member};
}
// Bytes.
template <class W>
constexpr auto size(const char* key, std::int64_t W::*member, std::int64_t default_value, std::int64_t minimum,
                    std::int64_t maximum, const char* help) {
  return integer(key, member, default_value, minimum, maximum, help, "bytes", FG_SIZE);
}
// Nanoseconds.
template <class W>
constexpr auto duration(const char* key, std::int64_t W::*member, std::int64_t default_value, std::int64_t minimum,
                        std::int64_t maximum, const char* help) {
  return integer(key, member, default_value, minimum, maximum, help, "ns", FG_DURATION);
}
template <class W>
constexpr Parameter<W, double> ratio(const char* key, double W::*member, double default_value, double minimum,
                                     double maximum, const char* help) {
  return {{sizeof(fg_parameter), FG_RATIO, key, help, "", {0, default_value, nullptr}, minimum, maximum, nullptr,
           nullptr}, member};
}
template <class W>
constexpr Parameter<W, bool> boolean(const char* key, bool W::*member, bool default_value, const char* help) {
  return {{sizeof(fg_parameter), FG_BOOL, key, help, "", {default_value ? 1 : 0, 0.0, nullptr}, 0.0, 1.0, nullptr,
           nullptr}, member};
}
// `choices` is a NULL-terminated array that lives as long as the plugin; the member gets the index.
// `processes`: the choices that work with processes as workers, comma-separated; NULL: all.
template <class W>
constexpr Parameter<W, std::int64_t> choice(const char* key, std::int64_t W::*member, const char* const* choices,
                                            std::int64_t default_index, const char* help,
                                            const char* processes = nullptr) {
  return {{sizeof(fg_parameter), FG_CHOICE, key, help, "", {default_index, 0.0, choices[default_index]}, 0.0, 0.0,
           choices, processes}, member};
}
template <class W>
constexpr Parameter<W, std::string> text(const char* key, std::string W::*member, const char* default_value,
                                         const char* help) {
  return {{sizeof(fg_parameter), FG_TEXT, key, help, "", {0, 0.0, default_value}, 0.0, 0.0, nullptr, nullptr}, member};
}

// ---- the host and the worker, as a workload sees them ----

class Configuration {
 public:
  explicit Configuration(const fg_configuration* c) : c_(c) {}
  [[nodiscard]] std::uint32_t workers() const { return c_->workers; }
  [[nodiscard]] bool as_processes() const { return c_->as_processes != 0; }
  [[nodiscard]] std::string_view scratch() const { return c_->scratch == nullptr ? "" : c_->scratch; }

 private:
  const fg_configuration* c_;
};

class Host {
 public:
  explicit Host(const fg_host* host = nullptr) : host_(host) {}
  [[nodiscard]] std::uint32_t workers() const { return host_->workers; }
  [[nodiscard]] std::uint64_t seed() const { return host_->seed; }
  [[nodiscard]] const fg_place& place(std::uint32_t worker) const {
    return *host_->places[worker % host_->place_count];
  }
  // n zeroed objects' worth of memory that all workers share; objects are value-initialised. [control, in setup]
  template <class T>
  T* shared(std::size_t n = 1) const {
    void* memory = host_->shared_alloc(host_, sizeof(T) * n, alignof(T));
    if (memory == nullptr) throw no_resource("no shared memory for " + std::to_string(sizeof(T) * n) + " bytes");
    T* first = static_cast<T*>(memory);
    for (std::size_t i = 0; i < n; ++i) ::new (static_cast<void*>(first + i)) T();
    return first;
  }
  void resource(fg_resource& r, fg_resource_kind kind, std::uint32_t permits, const char* name) const {
    if (host_->resource(host_, &r, kind, permits, name) != FG_OK) throw no_resource("too many resources");
  }
  void finding(fg_finding kind, fg_certainty certainty, const std::string& text) const {
    host_->finding(host_, kind, certainty, text.c_str());
  }
  void counter(std::uint32_t index, double value) const { host_->counter(host_, index, value); }
  [[nodiscard]] const void* extension(const char* id) const { return host_->extension(host_, id); }
  [[nodiscard]] const fg_host* c_host() const { return host_; }

 private:
  const fg_host* host_;
};

class Worker {
 public:
  explicit Worker(fg_worker* w) : w_(w) {}
  [[nodiscard]] bool go() const { return fg_go(w_) != 0; }
  void count(std::uint64_t k = 1) const { fg_count(w_, k); }
  void count_for(std::uint32_t contender, std::uint64_t k = 1) const { fg_count_for(w_, contender, k); }
  void stamp_for(std::uint32_t contender) const { fg_stamp_for(w_, contender); }
  void wait(fg_resource& r, fg_access a = FG_WRITE) const { fg_wait(w_, &r, a); }
  void acquired(fg_resource& r, fg_access a = FG_WRITE) const { fg_acquired(w_, &r, a); }
  void gave_up(fg_resource& r, fg_access a = FG_WRITE) const { fg_gave_up(w_, &r, a); }
  void released(fg_resource& r, fg_access a = FG_WRITE) const { fg_released(w_, &r, a); }
  [[nodiscard]] std::uint32_t index() const { return w_->index; }
  [[nodiscard]] std::uint64_t seed() const { return w_->seed; }
  [[nodiscard]] fg_worker* c_worker() const { return w_; }

 private:
  fg_worker* w_;
};

struct Contender {
  std::uint32_t place = UINT32_MAX;
  const char* class_name = "";
};

// Keeps a value, and the work that made it, from being optimised away.
template <class T>
inline void keep(T const& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

// ---- from a struct to the C table ----

namespace detail {

struct None {};
template <class W> struct StateOf { using type = None; };
template <class W> requires requires { typename W::State; } struct StateOf<W> { using type = typename W::State; };
template <class W> struct LocalOf { using type = None; };
template <class W> requires requires { typename W::Local; } struct LocalOf<W> { using type = typename W::Local; };

// Run f; turn what it throws into a status and a sentence.
template <class F>
fg_status guarded(fg_error* error, F&& f) noexcept {
  try {
    f();
    return FG_OK;
  } catch (const Failure& failure) {
    return fg_fail(error, failure.status(), "%s", failure.what());
  } catch (const std::bad_alloc&) {
    return fg_fail(error, FG_NO_RESOURCE, "out of memory");
  } catch (const std::exception& e) {
    return fg_fail(error, FG_INTERNAL, "%s", e.what());
  } catch (...) {
    return fg_fail(error, FG_INTERNAL, "an exception of unknown type");
  }
}

inline void assign(std::int64_t& member, const fg_value& v) { member = v.integer; }
inline void assign(double& member, const fg_value& v) { member = v.real; }
inline void assign(bool& member, const fg_value& v) { member = v.integer != 0; }
inline void assign(std::string& member, const fg_value& v) { member = v.text == nullptr ? "" : v.text; }

template <class W>
struct Table {
  using State = typename StateOf<W>::type;
  using Local = typename LocalOf<W>::type;
  static constexpr bool has_state = !std::is_same_v<State, None>;
  static constexpr bool has_local = !std::is_same_v<Local, None>;

  static W& of(void* self) { return *static_cast<W*>(self); }
  static State& state_of(void* state) { return *static_cast<State*>(state); }

  static constexpr auto bind() {
    if constexpr (requires { W::parameters(); }) return W::parameters();
    else return std::tuple<>{};
  }
  static constexpr auto bound = bind();
  static constexpr std::size_t parameter_count = std::tuple_size_v<decltype(bind())>;

  template <std::size_t... I>
  static constexpr auto parameter_pointers(std::index_sequence<I...>) {
    return std::array<const fg_parameter*, sizeof...(I) + 1>{&std::get<I>(bound).description..., nullptr};
  }
  static constexpr auto parameters = parameter_pointers(std::make_index_sequence<parameter_count>{});

  static constexpr auto counter_structs() {
    if constexpr (requires { W::counters; }) {
      std::array<fg_counter, std::size(W::counters)> out{};
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = {sizeof(fg_counter), W::counters[i].key, W::counters[i].help};
      return out;
    } else {
      return std::array<fg_counter, 0>{};
    }
  }
  static constexpr auto counter_table = counter_structs();
  template <std::size_t... I>
  static constexpr auto counter_pointers(std::index_sequence<I...>) {
    return std::array<const fg_counter*, sizeof...(I) + 1>{&counter_table[I]..., nullptr};
  }
  static constexpr auto counters = counter_pointers(std::make_index_sequence<counter_table.size()>{});

  static fg_status create(const fg_host* host, void** self, fg_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (std::is_constructible_v<W, Host>) *self = new W(Host(host));
      else *self = new W();
    });
  }
  static fg_status configure(void* self, const fg_configuration* c, fg_error* error) noexcept {
    return guarded(error, [&] {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (assign(of(self).*(std::get<I>(bound).member), c->values[I]), ...);
      }(std::make_index_sequence<parameter_count>{});
      if constexpr (requires(W w) { w.configure(Configuration(c)); }) of(self).configure(Configuration(c));
    });
  }
  static std::size_t state_bytes([[maybe_unused]] void* self) noexcept {
    if constexpr (requires(W w) { w.state_bytes(); }) return of(self).state_bytes();
    else if constexpr (has_state) return sizeof(State);
    else return 0;
  }
  static std::uint32_t contenders([[maybe_unused]] void* self) noexcept {
    if constexpr (requires(W w) { w.contenders(); }) return of(self).contenders();
    else return 0;
  }
  static void contender([[maybe_unused]] void* self, [[maybe_unused]] std::uint32_t i, fg_contender* out) noexcept {
    Contender c;
    if constexpr (requires(W w) { w.contender(i); }) c = of(self).contender(i);
    out->place = c.place;
    out->class_name = c.class_name;
  }

// Each optional member, with or without State& and Local&.
#define FG_CALL_OPTIONAL(name)                                                                   \
  if constexpr (has_state && requires(W w, State & s) { w.name(s); }) of(self).name(state_of(state)); \
  else if constexpr (requires(W w) { w.name(); }) of(self).name();
#define FG_CALL_WORKER(name)                                                                                       \
  if constexpr (has_state && has_local && requires(W w, State & s, Local & l, Worker x) { w.name(x, s, l); })      \
    of(self).name(Worker(worker), state_of(state), *static_cast<Local*>(local));                                   \
  else if constexpr (has_state && requires(W w, State & s, Worker x) { w.name(x, s); })                            \
    of(self).name(Worker(worker), state_of(state));                                                                \
  else if constexpr (has_local && requires(W w, Local & l, Worker x) { w.name(x, l); })                            \
    of(self).name(Worker(worker), *static_cast<Local*>(local));                                                    \
  else if constexpr (requires(W w, Worker x) { w.name(x); }) of(self).name(Worker(worker));

  static fg_status setup(void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (has_state) ::new (state) State();
      FG_CALL_OPTIONAL(setup)
      (void)self;
    });
  }
  static fg_status start([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] { FG_CALL_OPTIONAL(start) });
  }
  static fg_status worker_start([[maybe_unused]] void* self, [[maybe_unused]] void* state,
                                [[maybe_unused]] fg_worker* worker, [[maybe_unused]] void** local_out,
                                fg_error* error) noexcept {
    return guarded(error, [&] {
      [[maybe_unused]] void* local = nullptr;
      if constexpr (has_local) local = *local_out = new Local();
      FG_CALL_WORKER(worker_start)
    });
  }
  static fg_status run([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_worker* worker,
                       [[maybe_unused]] void* local, fg_error* error) noexcept {
    return guarded(error, [&] { FG_CALL_WORKER(run) });
  }
  static fg_status worker_stop([[maybe_unused]] void* self, [[maybe_unused]] void* state,
                               [[maybe_unused]] fg_worker* worker, [[maybe_unused]] void* local,
                               fg_error* error) noexcept {
    const fg_status status = guarded(error, [&] { FG_CALL_WORKER(worker_stop) });
    if constexpr (has_local) delete static_cast<Local*>(local);
    return status;
  }
  static void wake([[maybe_unused]] void* self, [[maybe_unused]] void* state) noexcept { FG_CALL_OPTIONAL(wake) }
  static fg_status verify([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] { FG_CALL_OPTIONAL(verify) });
  }
  static fg_status teardown([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] {
      FG_CALL_OPTIONAL(teardown)
      if constexpr (has_state) state_of(state).~State();
    });
  }
#undef FG_CALL_OPTIONAL
#undef FG_CALL_WORKER
  static void destroy(void* self) noexcept { delete static_cast<W*>(self); }
};

}  // namespace detail

// The C table of workload W, made at compile time.
template <class W>
constexpr fg_workload describe() {
  using T = detail::Table<W>;
  constexpr const Description& d = W::description;
  return {sizeof(fg_workload), d.version, d.id, d.family, d.group, d.control, d.summary, d.operation, d.invariant,
          d.kind, d.capabilities, d.expects, d.promises_fairness ? 1u : 0u, T::parameters.data(), T::counters.data(),
          &T::create, &T::configure, &T::state_bytes, &T::contenders, &T::contender, &T::setup, &T::start,
          &T::worker_start, &T::run, &T::worker_stop, &T::wake, &T::verify, &T::teardown, &T::destroy};
}

template <class W>
inline constexpr fg_workload workload_table = describe<W>();

template <class... W>
inline constexpr std::array<const fg_workload*, sizeof...(W) + 1> workload_list{&workload_table<W>..., nullptr};

}  // namespace fairground

// One plugin of these workloads, all in this file.
#define FAIRGROUND_PLUGIN(plugin_name, ...)                                                              \
  extern "C" FG_EXPORT const fg_plugin fairground_plugin = {sizeof(fg_plugin), FG_MAGIC, FG_ABI_MAJOR, FG_ABI_MINOR, \
                                                            plugin_name, fairground::workload_list<__VA_ARGS__>.data()};

// One workload of a plugin that CMake's fairground_add_family puts together: SYMBOL is the name of this file.
#define FAIRGROUND_WORKLOAD(symbol, ...)                             \
  extern "C" {                                                        \
  extern const fg_workload fairground_workload_##symbol;              \
  const fg_workload fairground_workload_##symbol = fairground::describe<__VA_ARGS__>(); \
  }

#endif  // FAIRGROUND_WORKLOAD_HPP
