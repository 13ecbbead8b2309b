// Work of a given length in nanoseconds, for critical sections and for what is done outside them.
//
// It is a chain of integer steps (a multiplication and an addition), each of which needs the one before, so it takes
// the same time whatever the compiler or the core could do side by side, touches no memory, and makes no system call.
// How many steps a nanosecond has is measured in `setup`, on the control thread: the shortest of several runs, which is
// the least disturbed one. Hence: on cores of another speed than the control thread's, or when the clock frequency
// changes later, a section is longer or shorter in proportion. Loop entry and exit (a few ns) come on top.
#pragma once

#include <cmath>
#include <cstdint>
#include <ctime>

namespace fairground::kit {

// [any] Do that many dependent steps; 0 does nothing at all.
inline void work(std::uint64_t steps) {
  std::uint64_t x = steps;
  for (; steps != 0; --steps) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    asm volatile("" : "+r"(x));  // one step at a time: not unrolled into fewer, not dropped
  }
}

class Busy {
 public:
  explicit Busy(double steps_per_ns = 0.0) : steps_per_ns_(steps_per_ns) {}

  // [control, in setup] Takes about 2 ms.
  static Busy calibrate() {
    constexpr std::uint64_t steps = 20'000;  // some 25 us: the clock's own 22 ns are below 1/1,000 of it
    for (const std::int64_t begin = now_ns(); now_ns() - begin < 1'000'000;) work(steps);  // let the core speed up
    std::int64_t shortest = INT64_MAX;
    for (int run = 0; run < 25; ++run) {
      const std::int64_t begin = now_ns();
      work(steps);
      const std::int64_t took = now_ns() - begin;
      if (took < shortest) shortest = took;
    }
    return Busy(static_cast<double>(steps) / static_cast<double>(shortest < 1 ? 1 : shortest));
  }

  [[nodiscard]] double steps_per_ns() const { return steps_per_ns_; }
  // The steps that take so long, rounded to the nearest; ns >= 0.
  [[nodiscard]] std::uint64_t steps(std::int64_t ns) const {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(ns) * steps_per_ns_));
  }

 private:
  static std::int64_t now_ns() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
  }

  double steps_per_ns_;
};

}  // namespace fairground::kit
