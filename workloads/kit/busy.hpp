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

#include "kit/busy.h"

namespace fairground::kit {

// [any] Do that many dependent steps; 0 does nothing at all.
inline void work(std::uint64_t steps) { kit_work(steps); }

class Busy {
 public:
  explicit Busy(double steps_per_ns = 0.0) : steps_per_ns_(steps_per_ns) {}

  // [control, in setup] Takes about 2 ms.
  static Busy calibrate() { return Busy(kit_steps_per_ns()); }

  [[nodiscard]] double steps_per_ns() const { return steps_per_ns_; }
  // The steps that take so long, rounded to the nearest; ns >= 0.
  [[nodiscard]] std::uint64_t steps(std::int64_t ns) const {
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(ns) * steps_per_ns_));
  }

 private:
  double steps_per_ns_;
};

}  // namespace fairground::kit
