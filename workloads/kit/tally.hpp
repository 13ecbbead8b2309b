// What a worker says at its end of what it did: one line each in the shared state, so that verify can add them up.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>

#include "kit/relax.hpp"

namespace fairground::kit {

struct alignas(line) Tally {
  std::uint64_t operations;
  std::uint64_t stale;     // found other values than the holder before had left
  std::uint64_t intruded;  // values changed while this worker was inside
  std::uint64_t reads;     // operations that only read
  std::uint64_t given_up;  // waits that ended without the resource

  Tally& operator+=(const Tally& other) {
    operations += other.operations;
    stale += other.stale;
    intruded += other.intruded;
    reads += other.reads;
    given_up += other.given_up;
    return *this;
  }
};

// [control, in verify] The sum over all workers.
inline Tally sum(const Tally* tallies, std::uint32_t workers) {
  Tally all{};
  for (std::uint32_t i = 0; i < workers; ++i) all += tallies[i];
  return all;
}

// [control, in verify] One figure of the workers' lines, summed over all of them.
template <class T, class V>
V total(const T* lines, std::uint32_t workers, V T::*figure) {
  V sum{};
  for (std::uint32_t i = 0; i < workers; ++i) sum += lines[i].*figure;
  return sum;
}

// [control, in verify] Throws `wrong`, "3 times ...", if there were any.
inline void expect_none(std::uint64_t count, const char* what) {
  if (count != 0) throw wrong(std::to_string(count) + " " + what);
}

// Words that the holder of a resource writes and reads back. Relaxed atomics: the compiler must not assume that nobody
// else writes, which is the very thing to be found out; and ThreadSanitizer shall judge the data, not the canary.
class Canary {
 public:
  // Does every word say `value`?
  [[nodiscard]] bool says(std::uint64_t value) const {
    bool all = true;
    for (std::uint64_t i = 0; i < words; ++i)
      all &= __atomic_load_n(&word_[i], __ATOMIC_RELAXED) == value * (2 * i + 1);
    return all;
  }
  void say(std::uint64_t value) {
    for (std::uint64_t i = 0; i < words; ++i) __atomic_store_n(&word_[i], value * (2 * i + 1), __ATOMIC_RELAXED);
  }

 private:
  static constexpr std::uint64_t words = 8;
  std::uint64_t word_[words];
};

}  // namespace fairground::kit
