// What a lock's or a semaphore's workload asks of its workers, and their control too: how long they are inside and
// outside, which of the locks they take, what memory they touch there, and which of them are unlike the others. A
// workload inherits from Load, whose members are bound to parameters.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <tuple>

#include "kit/busy.hpp"
#include "kit/picker.hpp"
#include "kit/priority.hpp"
#include "kit/random.hpp"
#include "kit/shape.hpp"
#include "kit/timespec.hpp"

namespace fairground::kit {

struct Load {
  static constexpr std::int64_t longest_ns = 1'000'000'000;
  static constexpr auto lengths() {
    return std::make_tuple(
        duration("section", &Load::section_ns, 100, 0, longest_ns, "length of the critical section"),
        duration("outside", &Load::outside_ns, 100, 0, longest_ns, "work between two acquisitions"),
        choice("distribution", &Load::distribution, Shape::names, Shape::fixed,
               "of both lengths around their mean; bimodal: nine in ten half as long, one 5.5 times"));
  }
  // What a lock promises it promises among equals.
  static constexpr auto differences() {
    return std::make_tuple(
        fair("1", ratio("greedy", &Load::greedy, 1.0, 1.0, 1000.0, "worker 0's sections are so many times as long")),
        fair("0", integer("nice", &Load::nice, 0, 0, 19, "nice value of the odd workers")),
        fair("false", boolean("realtime", &Load::realtime, false, "the odd workers have a real-time priority")),
        duration("pause", &Load::pause_ns, 0, 0, longest_ns, "sleep between two operations"));
  }
  // All of them; where there is one thing to contend for and no memory, lengths and differences.
  static constexpr auto parameters() {
    return std::tuple_cat(
        lengths(),
        std::make_tuple(
            size("memory", &Load::memory, 0, 0, 1 << 30, "shared memory of each lock, read and written in the section"),
            integer("locks", &Load::locks, 1, 1, 1024, "each operation takes one of so many", "locks"),
            choice("choice", &Load::choice_of, Picker::names, Picker::uniform,
                   "which of the locks; zipf: in proportion to 1 / rank^0.99")),
        differences());
  }
  static constexpr Counter counters[] = {
      {"section_steps", "dependent steps that the critical section came to on this machine, on average"},
      {"outside_steps", "dependent steps that the work outside came to on this machine, on average"},
  };

  // [control, in setup] Takes about 2 ms.
  void calibrate() {
    const Busy busy = Busy::calibrate();
    section = busy.steps(section_ns);
    outside = busy.steps(outside_ns);
    shape = Shape(distribution);
    picker = Picker(static_cast<std::uint32_t>(locks), choice_of);
  }
  // [control, in verify] The counters, from index 0.
  void report(Host host) const {
    host.counter(0, static_cast<double>(section));
    host.counter(1, static_cast<double>(outside));
  }

  // Nothing to draw and nothing but work: section_of and `outside` say all.
  [[nodiscard]] bool plain() const {
    return locks == 1 && distribution == Shape::fixed && memory == 0 && pause_ns == 0;
  }
  // Mean steps of this worker's sections.
  [[nodiscard]] std::uint64_t section_of(std::uint32_t worker) const {
    return worker == 0 ? static_cast<std::uint64_t>(static_cast<double>(section) * greedy) : section;
  }
  // Words of 8 bytes that each lock's memory has.
  [[nodiscard]] std::uint64_t words() const { return (static_cast<std::uint64_t>(memory) + 7) / 8; }

  // [worker] Become what this worker is to be.
  void enlist(std::uint32_t worker) const {
    if (worker % 2 == 0) return;
    if (nice != 0) be_nice(static_cast<int>(nice));
    if (realtime) be_realtime();
  }

  std::int64_t section_ns = 0, outside_ns = 0, distribution = 0, memory = 0, locks = 1, choice_of = 0, nice = 0,
               pause_ns = 0;
  double greedy = 1.0;
  bool realtime = false;
  std::uint64_t section = 0, outside = 0;  // steps
  Shape shape;
  Picker picker;
};

// One worker's draws.
class Turns {
 public:
  // [worker]
  Turns(const Load& load, Worker w) : load_(load), random_(w.seed()), section_(load.section_of(w.index())) {}

  std::uint32_t lock() { return load_.locks == 1 ? 0 : load_.picker(random_); }
  std::uint64_t section() { return length(section_); }
  std::uint64_t outside() { return length(load_.outside); }
  // A chance of `of` in 2^32.
  bool chance(std::uint64_t of) { return random_() >> 32 < of; }
  void pause() const {
    if (load_.pause_ns == 0) return;
    const timespec time = timespec_of(load_.pause_ns);
    (void)::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);  // cut short by a signal: fine
  }

 private:
  std::uint64_t length(std::uint64_t mean) {
    return load_.distribution == Shape::fixed ? mean : load_.shape.draw(mean, random_);
  }

  const Load& load_;
  Random random_;
  std::uint64_t section_;
};

}  // namespace fairground::kit
