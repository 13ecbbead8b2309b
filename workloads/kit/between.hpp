// What workers do between two operations, and which of them are unlike the others. A workload inherits from Between (or
// from Load, which adds what they do inside), whose members are bound to parameters.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <tuple>

#include "kit/busy.hpp"
#include "kit/priority.hpp"
#include "kit/random.hpp"
#include "kit/shape.hpp"
#include "kit/timespec.hpp"

namespace fairground::kit {

struct Between {
  static constexpr std::int64_t longest_ns = 1'000'000'000;
  // `what` is done for `ns` by default, and how `distribution` spreads it.
  static constexpr auto lengths(std::int64_t ns, const char* what, const char* spread) {
    return std::make_tuple(duration("outside", &Between::outside_ns, ns, 0, longest_ns, what),
                           choice("distribution", &Between::distribution, Shape::names, Shape::fixed, spread));
  }
  // With which values a promise of fairness is kept: it holds among equals.
  static constexpr auto differences() {
    return std::make_tuple(
        fair("0", integer("nice", &Between::nice, 0, 0, 19, "nice value of the odd workers")),
        fair("false", boolean("realtime", &Between::realtime, false, "the odd workers have a real-time priority")),
        duration("pause", &Between::pause_ns, 0, 0, longest_ns, "sleep between two operations"));
  }
  static constexpr auto parameters(std::int64_t ns, const char* what) {
    return std::tuple_cat(
        lengths(ns, what, "of that work around its mean; bimodal: nine in ten half as long, one 5.5 times"),
        differences());
  }

  // [control, in setup] Takes about 2 ms.
  void calibrate(const Busy& busy = Busy::calibrate()) {
    outside = busy.steps(outside_ns);
    shape = Shape(distribution);
  }
  // Nothing to draw and nothing but work: `outside` says all.
  [[nodiscard]] bool plain() const { return distribution == Shape::fixed && pause_ns == 0; }
  // [worker] Become what this worker is to be.
  void enlist(std::uint32_t worker) const {
    if (worker % 2 == 0) return;
    if (nice != 0) be_nice(static_cast<int>(nice));
    if (realtime) be_realtime();
  }
  // [worker]
  void pause() const {
    if (pause_ns == 0) return;
    const timespec time = timespec_of(pause_ns);
    (void)::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);  // cut short by a signal: fine
  }
  // [worker] A length around the mean.
  std::uint64_t length(std::uint64_t mean, Random& random) const {
    return distribution == Shape::fixed ? mean : shape.draw(mean, random);
  }

  std::int64_t outside_ns = 0, distribution = 0, nice = 0, pause_ns = 0;
  bool realtime = false;
  std::uint64_t outside = 0;  // steps
  Shape shape;
};

// One worker's time between two operations.
class Rest {
 public:
  // [worker]
  Rest(const Between& between, Worker w)
      : between_(between), random_(~w.seed()), fixed_(between.outside), plain_(between.plain()) {}

  void operator()() {
    if (__builtin_expect(plain_, 1)) return work(fixed_);
    work(between_.length(fixed_, random_));
    between_.pause();
  }

 private:
  const Between& between_;
  Random random_;  // not that of the worker's other choices
  std::uint64_t fixed_;
  bool plain_;
};

}  // namespace fairground::kit
