#include "trial/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"

namespace fairground::trial {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::optional<std::uint64_t> number_in(const fs::path& path) {
  const auto text = read_small_file(path);
  std::uint64_t value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) return std::nullopt;
  return value;
}

// Entries of a folder whose name is `prefix` and digits: cpu0, cpu12, thermal_zone3.
std::vector<fs::path> numbered(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    const std::string name = i->path().filename().string();
    const bool fits = name.size() > prefix.size() && name.starts_with(prefix) &&
                      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()), name.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
    if (fits) out.push_back(i->path());
  }
  return out;
}

// "some avg10=0.00 avg60=0.05 avg300=0.19 total=8108682": microseconds in which some task waited.
std::optional<std::uint64_t> pressure_ns(const fs::path& root) {
  std::istringstream text(read_small_file(root / "proc/pressure/cpu").value_or(""));
  for (std::string word; text >> word && word != "full";) {
    std::uint64_t us = 0;
    if (word.starts_with("total=") &&
        std::from_chars(word.data() + 6, word.data() + word.size(), us).ec == std::errc()) {
      return us * 1000;
    }
  }
  return std::nullopt;
}

std::optional<double> load_average(const fs::path& root) {
  std::istringstream text(read_small_file(root / "proc/loadavg").value_or(""));
  double load = 0;
  if (text >> load && std::isfinite(load)) return load;
  return std::nullopt;
}

// The hottest zone; sensors that say nothing sensible are left out.
std::optional<double> temperature_celsius(const fs::path& root) {
  std::optional<double> hottest;
  for (const fs::path& zone : numbered(root / "sys/class/thermal", "thermal_zone")) {
    const auto milli = number_in(zone / "temp");
    if (!milli || *milli == 0 || *milli > 200'000) continue;
    hottest = std::max(hottest.value_or(0), static_cast<double>(*milli) / 1000);
  }
  return hottest;
}

std::optional<std::uint64_t> throttle_events(const fs::path& root) {
  std::optional<std::uint64_t> sum;
  for (const fs::path& cpu : numbered(root / "sys/devices/system/cpu", "cpu")) {
    for (const char* which : {"thermal_throttle/core_throttle_count", "thermal_throttle/package_throttle_count"}) {
      if (const auto count = number_in(cpu / which)) sum = sum.value_or(0) + *count;
    }
  }
  return sum;
}

// "cpu MHz : 2600.000", once a unit.
std::vector<double> cpuinfo_hz(const fs::path& root) {
  std::vector<double> out;
  std::istringstream text(read_small_file(root / "proc/cpuinfo", 16 << 20).value_or(""));
  for (std::string line; std::getline(text, line);) {
    const std::size_t colon = line.find(':');
    if (!line.starts_with("cpu MHz") || colon == std::string::npos) continue;
    std::istringstream value(line.substr(colon + 1));
    double mhz = 0;
    if (value >> mhz && mhz > 0) out.push_back(mhz * 1e6);
  }
  return out;
}

// The growth of a counter; null if it is unknown at either end, or went backwards (a unit went offline).
std::optional<std::uint64_t> growth(const std::optional<std::uint64_t>& before,
                                    const std::optional<std::uint64_t>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

std::optional<double> ratio(const std::optional<std::uint64_t>& part, const std::optional<std::uint64_t>& whole) {
  if (!part || !whole || *whole == 0) return std::nullopt;
  return static_cast<double>(*part) / static_cast<double>(*whole);
}

}  // namespace

std::optional<Environment::Frequency> Environment::read_frequency(const fs::path& root) {
  std::vector<double> hz;
  for (const fs::path& cpu : numbered(root / "sys/devices/system/cpu", "cpu")) {
    if (const auto khz = number_in(cpu / "cpufreq/scaling_cur_freq")) hz.push_back(static_cast<double>(*khz) * 1000);
  }
  const bool shown = !hz.empty();
  if (!shown) hz = cpuinfo_hz(root);
  if (hz.empty()) return std::nullopt;
  double sum = 0;
  for (const double one : hz) sum += one;
  const auto [low, high] = std::ranges::minmax(hz);
  return Frequency{static_cast<std::uint64_t>(std::llround(sum / static_cast<double>(hz.size()))),
                   static_cast<std::uint64_t>(std::llround(low)), static_cast<std::uint64_t>(std::llround(high)),
                   shown ? "cpufreq" : "cpuinfo"};
}

// "cpu user nice system idle iowait irq softirq steal guest guest_nice", in clock ticks; user and nice hold guest's.
void Environment::read_stat(const fs::path& root) {
  // Only the first line is wanted, but on a big machine the file is long.
  std::istringstream text(read_small_file(root / "proc/stat", 16 << 20).value_or(""));
  std::string word;
  text >> word;
  if (word != "cpu") return;
  std::uint64_t sum = 0, idle = 0, value = 0;
  for (int field = 0; field < 8; ++field) {
    if (!(text >> value)) return;
    sum += value;
    if (field == 3 || field == 4) idle += value;
  }
  steal_ticks_ = value;
  all_ticks_ = sum;
  busy_ticks_ = sum - idle - value;
}

Environment Environment::read(const fs::path& root) {
  Environment e;
  e.root_ = root;
  e.at_ns_ = monotonic_ns();
  e.read_stat(root);
  e.pressure_ns_ = trial::pressure_ns(root);
  e.load_average_ = trial::load_average(root);
  e.frequency_ = read_frequency(root);
  e.temperature_celsius_ = trial::temperature_celsius(root);
  e.throttle_events_ = trial::throttle_events(root);
  return e;
}

json Environment::since() const { return read(root_).since(*this); }

json Environment::since(const Environment& before) const {
  json out = json::object();
  json reasons = json::object();
  const auto put = [&](const char* key, const auto& value) {
    out[key] = value ? json(*value) : json();
    if (!value) reasons[key] = "not-shown";
  };
  const long hz = sysconf(_SC_CLK_TCK);
  const auto stolen = growth(before.steal_ticks_, steal_ticks_);
  const std::uint64_t tick_ns = hz > 0 ? 1'000'000'000u / static_cast<std::uint64_t>(hz) : 10'000'000u;
  put("steal_ns", stolen ? std::optional(*stolen * tick_ns) : std::nullopt);
  put("steal_ratio", ratio(stolen, growth(before.all_ticks_, all_ticks_)));
  const auto all = growth(before.all_ticks_, all_ticks_);
  put("units_ns", all ? std::optional(*all * tick_ns) : std::nullopt);
  put("busy_ratio", ratio(growth(before.busy_ticks_, busy_ticks_), all));
  const auto waited = growth(before.pressure_ns_, pressure_ns_);
  put("pressure_some_ns", waited);
  put("pressure_some_ratio", ratio(waited, growth(before.at_ns_, at_ns_)));
  put("load_average_before", before.load_average_);
  put("load_average_after", load_average_);
  put("frequency_hz", frequency_ ? std::optional(frequency_->mean_hz) : std::nullopt);
  put("frequency_minimum_hz", frequency_ ? std::optional(frequency_->minimum_hz) : std::nullopt);
  put("frequency_maximum_hz", frequency_ ? std::optional(frequency_->maximum_hz) : std::nullopt);
  put("frequency_source", frequency_ ? std::optional(frequency_->source) : std::nullopt);
  put("temperature_celsius", temperature_celsius_);
  put("throttle_events", growth(before.throttle_events_, throttle_events_));
  out["null_reasons"] = std::move(reasons);
  return out;
}

}  // namespace fairground::trial
