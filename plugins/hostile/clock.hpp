// The clock of these plugins: CLOCK_MONOTONIC, in nanoseconds.
#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>

namespace hostile {

inline std::int64_t now_ns() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

inline void sleep_until(std::int64_t ns) {
  const timespec t{static_cast<std::time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr) == EINTR) {
  }
}

// Let time pass, on the processor or off it. Returns when it was over.
inline std::int64_t pass(std::int64_t from, std::int64_t length, bool asleep) {
  if (asleep) sleep_until(from + length);
  std::int64_t now = now_ns();
  while (now - from < length) now = now_ns();
  return now;
}

}  // namespace hostile
