// The kernel's compare-and-sleep, futex(2), on a word that threads share, or processes.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>

#include "kit/busy.h"
#include "kit/timespec.hpp"

namespace fairground::kit {

class Futex {
 public:
  using Word = std::atomic<std::uint32_t>;
  static_assert(sizeof(Word) == 4 && Word::is_always_lock_free, "the kernel sees the word itself");
  static constexpr std::uint32_t any = FUTEX_BITSET_MATCH_ANY;

  // [control] A word that one process has for itself is found faster.
  void setup(bool shared_by_processes) { private_ = shared_by_processes ? 0 : FUTEX_PRIVATE_FLAG; }

  // Sleep while the word says `value`, until a wake with one of these bits; deadline_ns of CLOCK_MONOTONIC, 0: none.
  // May return for no reason.
  void wait(Word& word, std::uint32_t value, std::uint32_t bits = any, std::int64_t deadline_ns = 0) const {
    const timespec deadline = timespec_of(deadline_ns);
    syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | private_, value, deadline_ns == 0 ? nullptr : &deadline, nullptr,
            bits);
  }
  // Wake at most n who sleep with one of these bits, the longest asleep first; how many there were.
  long wake(Word& word, int n = 1, std::uint32_t bits = any) const {
    return syscall(SYS_futex, &word, FUTEX_WAKE_BITSET | private_, n, nullptr, nullptr, bits);
  }

 private:
  int private_ = 0;
};

// CLOCK_MONOTONIC, in nanoseconds.
inline std::int64_t monotonic_ns() { return kit_now_ns(); }

}  // namespace fairground::kit
