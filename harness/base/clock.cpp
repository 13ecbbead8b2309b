#include "base/clock.hpp"

#include <fstream>
#include <string>
#include <thread>

namespace fairground {

TickSource trusted_tick_source() {
#if defined(__x86_64__)
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string name;
  file >> name;
  return name == "tsc" ? TickSource::counter : TickSource::monotonic;
#elif defined(__aarch64__)
  return TickSource::counter;
#else
  return TickSource::monotonic;
#endif
}

ClockPair read_clocks(TickSource source) {
  ClockPair best{};
  std::uint64_t narrowest = UINT64_MAX;
  for (int i = 0; i < 5; ++i) {
    const std::uint64_t before = ticks(source);
    const std::uint64_t ns = monotonic_ns();
    const std::uint64_t after = ticks(source);
    if (after - before < narrowest) {
      narrowest = after - before;
      best = {before + (after - before) / 2, ns};
    }
  }
  return best;
}

double calibrate_ticks_per_ns(TickSource source) {
  if (source == TickSource::monotonic) return 1.0;
  const ClockPair a = read_clocks(source);
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const ClockPair b = read_clocks(source);
  return static_cast<double>(b.tick - a.tick) / static_cast<double>(b.ns - a.ns);
}

}  // namespace fairground
