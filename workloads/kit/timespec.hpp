// Nanoseconds as the kernel and POSIX want them.
#pragma once

#include <cstdint>
#include <ctime>

namespace fairground::kit {

// ns >= 0.
inline timespec timespec_of(std::int64_t ns) {
  return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)};
}

// So long from now, by that clock.
inline timespec timespec_in(clockid_t clock, std::int64_t ns) {
  timespec now{};
  clock_gettime(clock, &now);
  timespec then = timespec_of(now.tv_nsec + ns);
  then.tv_sec += now.tv_sec;
  return then;
}

}  // namespace fairground::kit
