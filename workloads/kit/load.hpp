// What a lock's or a semaphore's workload asks of its workers, and their control too: how long they are inside and
// outside, which of the locks they take, what memory they touch there, and which of them are unlike the others. A
// workload inherits from Load, whose members are bound to parameters.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <tuple>

#include "kit/between.hpp"
#include "kit/busy.hpp"
#include "kit/picker.hpp"
#include "kit/random.hpp"

namespace fairground::kit {

struct Load : Between {
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::make_tuple(duration("section", &Load::section_ns, 100, 0, longest_ns, "length of the critical section")),
        lengths(100, "work between two acquisitions",
                "of both lengths around their mean; bimodal: nine in ten half as long, one 5.5 times"),
        std::make_tuple(
            size("memory", &Load::memory, 0, 0, 1 << 30, "shared memory of each one, read and written in the section"),
            integer("locks", &Load::locks, 1, 1, 1024, "each operation takes one of so many", "locks"),
            choice("choice", &Load::choice_of, Picker::names, Picker::uniform,
                   "which of them; zipf: in proportion to 1 / rank^0.99"),
            fair("1",
                 ratio("greedy", &Load::greedy, 1.0, 1.0, 1000.0, "worker 0's sections are so many times as long"))),
        differences());
  }
  static constexpr Counter counters[] = {
      {"section_steps", "dependent steps that the critical section came to on this machine, on average"},
      {"outside_steps", "dependent steps that the work outside came to on this machine, on average"},
  };

  // [control, in setup] Takes about 2 ms.
  void calibrate() {
    const Busy busy = Busy::calibrate();
    Between::calibrate(busy);
    section = busy.steps(section_ns);
    picker = Picker(static_cast<std::uint32_t>(locks), choice_of);
  }
  // [control, in verify] The counters, from index 0.
  void report(Host host) const {
    host.counter(0, static_cast<double>(section));
    host.counter(1, static_cast<double>(outside));
  }

  // Nothing to draw and nothing but work: section_of and `outside` say all.
  [[nodiscard]] bool plain() const { return Between::plain() && locks == 1 && memory == 0; }
  // Mean steps of this worker's sections.
  [[nodiscard]] std::uint64_t section_of(std::uint32_t worker) const {
    return worker == 0 ? static_cast<std::uint64_t>(static_cast<double>(section) * greedy) : section;
  }
  // Words of 8 bytes that each lock's memory has.
  [[nodiscard]] std::uint64_t words() const { return (static_cast<std::uint64_t>(memory) + 7) / 8; }

  std::int64_t section_ns = 0, memory = 0, locks = 1, choice_of = 0;
  double greedy = 1.0;
  std::uint64_t section = 0;  // steps
  Picker picker;
};

// One worker's draws.
class Turns {
 public:
  // [worker]
  Turns(const Load& load, Worker w) : load_(load), random_(w.seed()), section_(load.section_of(w.index())) {}

  std::uint32_t lock() { return load_.locks == 1 ? 0 : load_.picker(random_); }
  std::uint64_t section() { return load_.length(section_, random_); }
  std::uint64_t outside() { return load_.length(load_.outside, random_); }
  // A chance of `of` in 2^32.
  bool chance(std::uint64_t of) { return random_() >> 32 < of; }
  void pause() const { load_.pause(); }

 private:
  const Load& load_;
  Random random_;
  std::uint64_t section_;
};

}  // namespace fairground::kit
