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
//   members  a constructor W(Host), or a first data member of type Host; configure(const Configuration&);
//            state_bytes() const, if State is followed by more; contenders() const; contender(i) const -> Contender;
//            worker_class(i) const -> const char*, where the workers are the contenders and of several kinds;
//            setup(State&); start(State&); worker_start(Worker, State&, Local&); run(Worker, State&, Local&);
//            worker_stop(Worker, State&, Local&); wake(State&); verify(State&); teardown(State&)
// State& and Local& may be left out, and are where there is none. A member of one of these names that fits no such call
// is refused by the compiler; so is what breaks the rules of plugin.h and can be seen before the program runs.
// Threads are those of plugin.h. What returns nothing may throw: `wrong`, `unsupported`, `no_resource`, `bad_parameter`
// give that status, any other exception gives FG_INTERNAL with its text. From `wake`, nothing may be thrown.
#ifndef FAIRGROUND_WORKLOAD_HPP
#define FAIRGROUND_WORKLOAD_HPP

#include <fairground/plugin.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

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
  const char* id = "";
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
  return {{sizeof(fg_parameter),
           type,
           key,
           help,
           unit,
           {default_value, 0.0, nullptr},
           static_cast<double>(minimum),
           static_cast<double>(maximum),
           nullptr,
           nullptr,
           nullptr},
          member};
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
  return {{sizeof(fg_parameter),
           FG_RATIO,
           key,
           help,
           "",
           {0, default_value, nullptr},
           minimum,
           maximum,
           nullptr,
           nullptr,
           nullptr},
          member};
}
template <class W>
constexpr Parameter<W, bool> boolean(const char* key, bool W::*member, bool default_value, const char* help,
                                     const char* processes = nullptr) {
  return {{sizeof(fg_parameter),
           FG_BOOL,
           key,
           help,
           "",
           {default_value ? 1 : 0, 0.0, nullptr},
           0.0,
           1.0,
           nullptr,
           processes,
           nullptr},
          member};
}
// `choices` is a NULL-terminated array that lives as long as the plugin; the member gets the index.
// `processes`: the choices that work with processes as workers, comma-separated; NULL: all.
template <class W>
constexpr Parameter<W, std::int64_t> choice(const char* key, std::int64_t W::*member, const char* const* choices,
                                            std::int64_t default_index, const char* help,
                                            const char* processes = nullptr) {
  return {{sizeof(fg_parameter),
           FG_CHOICE,
           key,
           help,
           "",
           {default_index, 0.0, choices[default_index]},
           0.0,
           0.0,
           choices,
           processes,
           nullptr},
          member};
}
template <class W>
constexpr Parameter<W, std::string> text(const char* key, std::string W::*member, const char* default_value,
                                         const char* help) {
  return {{sizeof(fg_parameter), FG_TEXT, key, help, "", {0, 0.0, default_value}, 0.0, 0.0, nullptr, nullptr, nullptr},
          member};
}
// The same, and a promise of fairness is kept with these values alone, comma-separated.
template <class W, class T>
constexpr Parameter<W, T> fair(const char* values, Parameter<W, T> parameter) {
  parameter.description.fair = values;
  return parameter;
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
  // n value-initialised objects that all workers share, until the trial ends. Nothing destroys them. [control, in
  // setup]
  template <class T>
  T* shared(std::size_t n = 1) const {
    void* memory = host_->shared_alloc(host_, sizeof(T) * n, alignof(T));
    if (memory == nullptr) throw no_resource("no shared memory for " + std::to_string(sizeof(T) * n) + " bytes");
    T* first = static_cast<T*>(memory);
    // Zeroes are what the memory holds; its pages need not be there until they are used.
    if constexpr (!std::is_trivially_default_constructible_v<T>)
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
  // Go on? [worker]
  [[nodiscard]] bool go() const { return fg_go(w_) != 0; }
  // k operations are done. [worker]
  void count(std::uint64_t k = 1) const { fg_count(w_, k); }
  // The same for a contender that is not a worker. [any, one writer a contender at a time]
  void count_for(std::uint32_t contender, std::uint64_t k = 1) const { fg_count_for(w_, contender, k); }
  void stamp_for(std::uint32_t contender) const { fg_stamp_for(w_, contender); }
  // Around a contended resource, see plugin.h. [worker]
  void wait(fg_resource& r, fg_access a = FG_WRITE) const { fg_wait(w_, &r, a); }
  void wait_as(fg_resource& r, std::uint64_t identity, fg_access a = FG_WRITE) const {
    fg_wait_as(w_, &r, a, identity);
  }
  void acquired(fg_resource& r, fg_access a = FG_WRITE) const { fg_acquired(w_, &r, a); }
  void gave_up(fg_resource& r, fg_access a = FG_WRITE) const { fg_gave_up(w_, &r, a); }
  void released(fg_resource& r, fg_access a = FG_WRITE) const { fg_released(w_, &r, a); }
  [[nodiscard]] std::uint32_t index() const { return w_->index; }
  [[nodiscard]] std::uint32_t place() const { return w_->place; }
  [[nodiscard]] std::uint64_t seed() const { return w_->seed; }
  [[nodiscard]] Host host() const { return Host(w_->host); }
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

}  // namespace fairground

#include <fairground/detail/table.hpp>

// One plugin of these workloads, all in this file.
#define FAIRGROUND_PLUGIN(plugin_name, ...)                  \
  extern "C" FG_EXPORT const fg_plugin fairground_plugin = { \
      sizeof(fg_plugin), FG_MAGIC,    FG_ABI_MAJOR,          \
      FG_ABI_MINOR,      plugin_name, fairground::workload_list<__VA_ARGS__>.data()};

// One workload of a plugin that CMake's fairground_add_family puts together: SYMBOL is the name of this file.
#define FAIRGROUND_WORKLOAD(symbol, ...)                                                \
  extern "C" {                                                                          \
  extern const fg_workload fairground_workload_##symbol;                                \
  const fg_workload fairground_workload_##symbol = fairground::describe<__VA_ARGS__>(); \
  }

#endif  // FAIRGROUND_WORKLOAD_HPP
