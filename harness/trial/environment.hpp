// What disturbed a machine between two moments: stolen time, pressure, load, frequency, heat. All of it is the kernel's
// word; what it does not show is null, with the reason.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace fairground::trial {

class Environment {
 public:
  // Now. Some ten small files, and one or two more a processing unit where frequency and throttling are shown; takes no
  // locks, throws nothing. `root` is where proc and sys are looked for.
  static Environment read(const std::filesystem::path& root = "/");

  // What has happened on this machine from this moment until now; the record's environment{}
  // (results/schema/format.md).
  [[nodiscard]] nlohmann::json since() const;
  // The same from an earlier moment until this one.
  [[nodiscard]] nlohmann::json since(const Environment& before) const;

 private:
  struct Frequency {
    std::uint64_t mean_hz, minimum_hz, maximum_hz;
    std::string source;  // cpufreq or cpuinfo
  };
  static std::optional<Frequency> read_frequency(const std::filesystem::path& root);
  void read_stat(const std::filesystem::path& root);

  std::filesystem::path root_;
  std::uint64_t at_ns_ = 0;                                            // CLOCK_MONOTONIC
  std::optional<std::uint64_t> steal_ticks_, busy_ticks_, all_ticks_;  // of /proc/stat, over all units
  std::optional<std::uint64_t> pressure_ns_;                           // some task waited for a unit, since boot
  std::optional<double> load_average_;                                 // over one minute
  std::optional<Frequency> frequency_;
  std::optional<double> temperature_celsius_;     // of the hottest zone
  std::optional<std::uint64_t> throttle_events_;  // since boot, over all units
};

}  // namespace fairground::trial
