// fairground/detail/table.hpp: from a struct to the C table of plugin.h. Part of workload.hpp; include that one.
#ifndef FAIRGROUND_DETAIL_TABLE_HPP
#define FAIRGROUND_DETAIL_TABLE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fairground/detail/checks.hpp>
#include <fairground/workload.hpp>
#include <iterator>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace fairground {
namespace detail {

struct None {};
template <class W>
struct StateOf {
  using type = None;
};
template <class W>
requires requires { typename W::State; }
struct StateOf<W> {
  using type = typename W::State;
};
template <class W>
struct LocalOf {
  using type = None;
};
template <class W>
requires requires { typename W::Local; }
struct LocalOf<W> {
  using type = typename W::Local;
};

// A worker's own, apart from its neighbours' lines and from the pairs in which they are prefetched.
template <class L>
struct alignas(128) Padded {
  L local{};
};

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

// W(Host), or an aggregate that begins with one.
template <class W>
concept TakesHost = requires(Host host) {
  W{host};
};

template <class W>
concept Described = requires {
  requires std::is_same_v<decltype(W::description), const Description>;
  typename std::integral_constant<std::uint32_t, W::description.version>;  // known while compiling
};

template <class W>
struct Table {
  using State = typename StateOf<W>::type;
  using Local = typename LocalOf<W>::type;
  static constexpr bool has_state = !std::is_same_v<State, None>;
  static constexpr bool has_local = !std::is_same_v<Local, None>;
  static_assert(alignof(State) <= 4096, "State: the host aligns it to 4096 bytes at most");

  static W& of(void* self) { return *static_cast<W*>(self); }
  static State& state_of(void* state) { return *static_cast<State*>(state); }
  static Local& local_of(void* local) { return static_cast<Padded<Local>*>(local)->local; }

  static constexpr auto bind() {
    if constexpr (requires { W::parameters(); }) {
      return W::parameters();
    } else {
      static_assert(
          !requires { &W::parameters; }, "parameters: make it static constexpr, callable without arguments");
      return std::tuple<>{};
    }
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
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = {sizeof(fg_counter), W::counters[i].key, W::counters[i].help};
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

// A member that is there has to fit: silently never called, a verify would be a verification that never happens.
#define FG_MUST_FIT(name, calls) \
  static_assert(                 \
      !requires { &W::name; }, #name ": no call fits its parameters; write " calls)

// A member of [control], with or without State&.
#define FG_CALL_CONTROL(name)                                           \
  if constexpr (has_state && requires(W w, State & s) { w.name(s); }) { \
    of(self).name(state_of(state));                                     \
  } else if constexpr (requires(W w) { w.name(); }) {                   \
    of(self).name();                                                    \
  } else {                                                              \
    FG_MUST_FIT(name, #name "(State&) or " #name "()");                 \
  }

// A member of [worker], with or without State& and Local&; `missing` is said if there is none that fits.
#define FG_CALL_WORKER(name, missing)                                                                           \
  if constexpr (has_state && has_local && requires(W w, State & s, Local & l, Worker x) { w.name(x, s, l); }) { \
    of(self).name(Worker(worker), state_of(state), local_of(local));                                            \
  } else if constexpr (has_state && requires(W w, State & s, Worker x) { w.name(x, s); }) {                     \
    of(self).name(Worker(worker), state_of(state));                                                             \
  } else if constexpr (has_local && requires(W w, Local & l, Worker x) { w.name(x, l); }) {                     \
    of(self).name(Worker(worker), local_of(local));                                                             \
  } else if constexpr (requires(W w, Worker x) { w.name(x); }) {                                                \
    of(self).name(Worker(worker));                                                                              \
  } else {                                                                                                      \
    missing;                                                                                                    \
  }

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
  static fg_status create(const fg_host* host, void** self, fg_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (TakesHost<W>)
        *self = new W{Host(host)};
      else
        *self = new W();
    });
  }
#pragma GCC diagnostic pop
  static fg_status configure(void* self, const fg_configuration* c, fg_error* error) noexcept {
    return guarded(error, [&] {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (assign(of(self).*(std::get<I>(bound).member), c->values[I]), ...);
      }
      (std::make_index_sequence<parameter_count>{});
      if constexpr (requires(W w, Configuration x) { w.configure(x); }) {
        of(self).configure(Configuration(c));
      } else {
        FG_MUST_FIT(configure, "configure(const Configuration&)");
      }
    });
  }
  static std::size_t state_bytes([[maybe_unused]] void* self) noexcept {
    constexpr std::size_t least = has_state ? sizeof(State) : 0;
    if constexpr (requires(W w) { w.state_bytes(); }) {
      const std::size_t wanted = of(self).state_bytes();
      return wanted < least ? least : wanted;
    } else {
      FG_MUST_FIT(state_bytes, "std::size_t state_bytes() const");
      return least;
    }
  }
  static std::uint32_t contenders([[maybe_unused]] void* self) noexcept {
    if constexpr (requires(W w) { w.contenders(); }) {
      return of(self).contenders();
    } else {
      FG_MUST_FIT(contenders, "std::uint32_t contenders() const");
      return 0;
    }
  }
  static void contender([[maybe_unused]] void* self, [[maybe_unused]] std::uint32_t i, fg_contender* out) noexcept {
    Contender c;
    if constexpr (requires(W w) { c = w.contender(i); }) {
      c = of(self).contender(i);
    } else {
      FG_MUST_FIT(contender, "Contender contender(std::uint32_t) const");
    }
    out->place = c.place;
    out->class_name = c.class_name;
  }
  static fg_status setup([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (has_state) ::new (state) State();
      try {
        FG_CALL_CONTROL(setup)
      } catch (...) {
        if constexpr (has_state) state_of(state).~State();
        throw;
      }
    });
  }
  static fg_status start([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] { FG_CALL_CONTROL(start) });
  }
  static fg_status worker_start([[maybe_unused]] void* self, [[maybe_unused]] void* state,
                                [[maybe_unused]] fg_worker* worker, [[maybe_unused]] void** local_out,
                                fg_error* error) noexcept {
    return guarded(error, [&] {
      [[maybe_unused]] void* local = nullptr;
      if constexpr (has_local) local = *local_out = new Padded<Local>();
      try {
        FG_CALL_WORKER(worker_start, FG_MUST_FIT(worker_start, "worker_start(Worker, State&, Local&)"))
      } catch (...) {
        if constexpr (has_local) delete static_cast<Padded<Local>*>(std::exchange(*local_out, nullptr));
        throw;
      }
    });
  }
  static fg_status run(void* self, [[maybe_unused]] void* state, fg_worker* worker, [[maybe_unused]] void* local,
                       fg_error* error) noexcept {
    return guarded(error, [&] {
      FG_CALL_WORKER(run,
                     static_assert(!sizeof(W), "a workload needs run(Worker), and State& and Local& if it has them"))
    });
  }
  static fg_status worker_stop([[maybe_unused]] void* self, [[maybe_unused]] void* state,
                               [[maybe_unused]] fg_worker* worker, [[maybe_unused]] void* local,
                               fg_error* error) noexcept {
    const fg_status status = guarded(
        error, [&] { FG_CALL_WORKER(worker_stop, FG_MUST_FIT(worker_stop, "worker_stop(Worker, State&, Local&)")) });
    if constexpr (has_local) delete static_cast<Padded<Local>*>(local);
    return status;
  }
  static void wake([[maybe_unused]] void* self, [[maybe_unused]] void* state) noexcept { FG_CALL_CONTROL(wake) }
  static fg_status verify([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    return guarded(error, [&] { FG_CALL_CONTROL(verify) });
  }
  static fg_status teardown([[maybe_unused]] void* self, [[maybe_unused]] void* state, fg_error* error) noexcept {
    const fg_status status = guarded(error, [&] { FG_CALL_CONTROL(teardown) });
    if constexpr (has_state) state_of(state).~State();
    return status;
  }
#undef FG_CALL_CONTROL
#undef FG_CALL_WORKER
#undef FG_MUST_FIT
  static void destroy(void* self) noexcept { delete static_cast<W*>(self); }
  static const char* worker_class([[maybe_unused]] void* self, [[maybe_unused]] std::uint32_t worker) noexcept {
    if constexpr (requires(const W w) { w.worker_class(worker); })
      return of(self).worker_class(worker);
    else
      return nullptr;
  }
};

template <class T>
consteval void check_keys() {
  constexpr auto& p = T::parameters;
  constexpr auto& c = T::counters;
  constexpr bool keys = all_of(p, [](auto& x) { return is_kebab(x.key); });
  constexpr bool help = all_of(p, [](auto& x) { return is_said(x.help); });
  constexpr bool defaults = all_of(p, [](auto& x) { return default_fits(x); });
  constexpr bool counter_keys = all_of(c, [](auto& x) { return is_snake(x.key); });
  constexpr bool counter_help = all_of(c, [](auto& x) { return is_said(x.help); });
  static_assert(keys, "a parameter's key: lower-case words with hyphens");
  static_assert(help, "a parameter's help: say what it does");
  static_assert(defaults, "a parameter's default is outside its range");
  static_assert(keys_differ(p), "two parameters have one key");
  static_assert(counter_keys, "a counter's key: lower-case words with underscores");
  static_assert(counter_help, "a counter's help: say what it counts");
  static_assert(keys_differ(c), "two counters have one key");
}

}  // namespace detail

// The C table of workload W, made at compile time.
template <class W>
consteval fg_workload describe() {
  static_assert(detail::Described<W>, "a workload needs: static constexpr fairground::Description description{...}");
  if constexpr (detail::Described<W>) {
    using T = detail::Table<W>;
    constexpr const Description& d = W::description;
    static_assert(detail::is_kebab(d.id), "description.id: lower-case words with single hyphens, as in sem-posix");
    static_assert(detail::is_kebab(d.family), "description.family: lower-case words with single hyphens, as in locks");
    static_assert(detail::is_said(d.summary), "description.summary: say in one line what the workload shows");
    static_assert(detail::is_said(d.operation), "description.operation: name what is counted");
    static_assert(detail::is_said(d.invariant), "description.invariant: say in a sentence what verify checks");
    static_assert(d.version > 0, "description.version: begins with 1");
    detail::check_keys<T>();
    return {sizeof(fg_workload),
            d.version,
            d.id,
            d.family,
            d.group,
            d.control,
            d.summary,
            d.operation,
            d.invariant,
            d.kind,
            d.capabilities,
            d.expects,
            d.promises_fairness ? 1u : 0u,
            T::parameters.data(),
            T::counters.data(),
            &T::create,
            &T::configure,
            &T::state_bytes,
            &T::contenders,
            &T::contender,
            &T::setup,
            &T::start,
            &T::worker_start,
            &T::run,
            &T::worker_stop,
            &T::wake,
            &T::verify,
            &T::teardown,
            &T::destroy,
            &T::worker_class};
  } else {
    return {};
  }
}

template <class W>
inline constexpr fg_workload workload_table = describe<W>();

template <class... W>
inline constexpr std::array<const fg_workload*, sizeof...(W) + 1> workload_list{&workload_table<W>..., nullptr};

}  // namespace fairground

#endif  // FAIRGROUND_DETAIL_TABLE_HPP
