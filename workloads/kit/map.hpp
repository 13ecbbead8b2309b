// From a short description of a map to its whole workload. A map from std::uint64_t to std::uint64_t is
//
//   struct Tbb {
//     static constexpr fairground::kit::MapInfo info{.id = "map-tbb", .summary = "..."};
//     struct Local {};                                             // a worker's own; default-constructible
//     bool find(Local&, std::uint64_t key, std::uint64_t& value);  // [worker; or control]
//     bool put(Local&, std::uint64_t key, std::uint64_t value);    // [worker; or control] true: it wasn't there
//     bool erase(Local&, std::uint64_t key);                       // [worker] true: it was
//     std::size_t size();                                          // [control, in verify]
//   };
//   FAIRGROUND_WORKLOAD(map_tbb, fairground::kit::Mapped<Tbb>)
//
// It is default-constructed in shared memory, on lines of its own, and destroyed at the end. Optional:
//
//   void init(Host, std::uint32_t keys);       // [control, in setup]
//   void join(Local&, Worker), leave(Local&);  // [worker] before the worker's loop and after it
//
// Parameters: keys, choice, read-ratio and those of between.hpp. Everybody reads every key, but each key is written by
// one worker alone, who keeps a model of what it wrote: so whatever a map answers to the writer of a key must be what
// the model says. A value says its key and its how many-th writing it is: so to others it must say the right key. At
// the end the map has to be the sum of all models. Half of the keys are there in the beginning; of the writes a quarter
// take a key away.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/between.hpp"
#include "kit/picker.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct MapInfo {
  const char* id;
  const char* summary;     // one line
  bool contended = false;  // says around its lock what resource.h asks for
  bool blocks = false;     // a waiter may sleep
  std::uint32_t version = 2;
};

template <class M>
class Mapped : public Between {
 public:
  static constexpr Description description{
      .id = M::info.id,
      .family = "structures",
      .group = "map",
      .control = M::info.contended ? "none" : nullptr,
      .summary = M::info.summary,
      .operation = "look-up",
      .invariant =
          "to the one worker that writes a key the map says what it wrote last, to others a value of that key; "
          "at the end the map is the sum of what all wrote",
      .version = M::info.version,
      .capabilities = (M::info.contended ? FG_CONTENDED : 0u) | (M::info.blocks ? FG_MAY_BLOCK : 0u),
      .expects = FG_EXPECTS(FG_STARVATION),
  };
  static constexpr Counter counters[] = {
      {"reads", "operations that only read"},
      {"left_keys", "keys in the map at the end"},
  };
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::make_tuple(
            integer("keys", &Mapped::keys_, 4096, 1, 65'536, "keys that the map may have", "keys"),
            choice("choice", &Mapped::choice_, Picker::names, Picker::zipf,
                   "which of the keys; zipf: in proportion to 1 / rank^0.99"),
            ratio("read-ratio", &Mapped::read_ratio_, 0.9, 0.0, 1.0, "so many of the operations only read")),
        Between::parameters(100, "work between two operations"));
  }

  struct State {
    alignas(line) M map;
  };
  struct Local {
    typename M::Local map;
  };

  explicit Mapped(Host host) : host_(host) {}

  void setup(State& s) {
    calibrate();
    picker_ = Picker(static_cast<std::uint32_t>(keys_), choice_);
    tallies_ = host_.shared<Tally>(host_.workers());
    models_ = host_.shared<std::uint64_t*>(host_.workers());
    for (std::uint32_t w = 0; w < host_.workers(); ++w)
      models_[w] = host_.shared<std::uint64_t>(static_cast<std::size_t>(keys_) / host_.workers() + 1);
    if constexpr (requires { s.map.init(host_, 1u); }) s.map.init(host_, static_cast<std::uint32_t>(keys_));
    typename M::Local local{};
    for (std::uint64_t key = 0; key < static_cast<std::uint64_t>(keys_); ++key)
      if (key / host_.workers() % 4 != 3) {
        model(writer(key), key) = value_of(key, 0);
        s.map.put(local, key, value_of(key, 0));
      }
  }

  void worker_start(Worker w, [[maybe_unused]] State& s, [[maybe_unused]] Local& local) {
    enlist(w.index());
    if constexpr (requires { s.map.join(local.map, w); }) s.map.join(local.map, w);
  }
  void worker_stop(Worker, [[maybe_unused]] State& s, [[maybe_unused]] Local& local) {
    if constexpr (requires { s.map.leave(local.map); }) s.map.leave(local.map);
  }

  void run(Worker w, State& s, Local& local) {
    constexpr double always = 4294967296.0;
    const auto reading = static_cast<std::uint64_t>(read_ratio_ * always);
    Random random(w.seed());
    Rest rest(*this, w);
    Tally mine{};
    while (w.go()) {
      const std::uint64_t key = picker_(random), dice = random();
      if (dice >> 32 < reading)
        read(w, s.map, local.map, key, mine);
      else
        write(w, s.map, local.map, key, (dice & 3) == 0, mine);
      rest();
      ++mine.operations;
      w.count();
    }
    tallies_[w.index()] += mine;
  }

  void verify(State& s) {
    const Tally all = sum(tallies_, host_.workers());
    if (all.stale != 0)
      throw wrong(std::to_string(all.stale) + " times the map did not say what the only writer of a key had written");
    if (all.intruded != 0) throw wrong(std::to_string(all.intruded) + " values were those of another key");
    std::size_t left = 0;
    typename M::Local local{};
    for (std::uint64_t key = 0; key < static_cast<std::uint64_t>(keys_); ++key) {
      const std::uint64_t expected = model(writer(key), key);
      std::uint64_t value = 0;
      if (s.map.find(local, key, value) != there(expected) || (there(expected) && value != expected))
        throw wrong("at the end key " + std::to_string(key) + " is not what its writer wrote last");
      left += there(expected) ? 1 : 0;
    }
    host_.counter(0, static_cast<double>(all.reads));
    host_.counter(1, static_cast<double>(left));
    if (s.map.size() != left)
      throw wrong("the map has " + std::to_string(s.map.size()) + " keys, the models " + std::to_string(left));
  }

 private:
  // A value: its key, how many times it was written, and whether it is there (in models only those that aren't say 0).
  static std::uint64_t value_of(std::uint64_t key, std::uint64_t writing) { return key << 40 | writing << 1 | 1; }
  static bool there(std::uint64_t value) { return (value & 1) != 0; }

  [[nodiscard]] std::uint32_t writer(std::uint64_t key) const {
    return static_cast<std::uint32_t>(key % host_.workers());
  }
  [[nodiscard]] std::uint64_t& model(std::uint32_t worker, std::uint64_t key) const {
    return models_[worker][key / host_.workers()];
  }

  void read(Worker w, M& map, typename M::Local& local, std::uint64_t key, Tally& mine) const {
    std::uint64_t value = 0;
    const bool found = map.find(local, key, value);
    ++mine.reads;
    if (found && value >> 40 != key) ++mine.intruded;
    if (writer(key) != w.index()) return;
    const std::uint64_t expected = model(w.index(), key);
    if (found != there(expected) || (found && value != expected)) ++mine.stale;
  }

  // The nearest key that is this worker's to write; with fewer keys than workers, some have none and only read.
  void write(Worker w, M& map, typename M::Local& local, std::uint64_t key, bool away, Tally& mine) const {
    key = key - key % host_.workers() + w.index();
    if (key >= static_cast<std::uint64_t>(keys_)) {
      if (w.index() >= static_cast<std::uint64_t>(keys_)) return read(w, map, local, 0, mine);
      key = w.index();
    }
    std::uint64_t& now = model(w.index(), key);
    const bool was = there(now);
    if (away) {
      if (map.erase(local, key) != was) ++mine.stale;
      now &= ~std::uint64_t{1};
    } else {
      const std::uint64_t writing = (now >> 1 & 0x7f'ffff'ffff) + 1, value = value_of(key, writing & 0x7f'ffff'ffff);
      if (map.put(local, key, value) == was) ++mine.stale;
      now = value;
    }
  }

  Host host_;
  std::int64_t keys_ = 0, choice_ = Picker::zipf;
  double read_ratio_ = 0.0;
  Picker picker_;
  Tally* tallies_ = nullptr;          // shared
  std::uint64_t** models_ = nullptr;  // shared: each worker's, of the keys that it writes
};

}  // namespace fairground::kit
