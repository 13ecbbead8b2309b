#include "cli/stress_health.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/labels.hpp"

namespace fairground::cli {
namespace {
constexpr std::size_t most_messages = 10;
}

void StressHealth::look() {
  for (std::string& message : log_.news()) {
    if (++message_count_ <= most_messages) messages_.push_back(std::move(message));
  }
  const nlohmann::json now = environment_.since();
  if (const auto& celsius = now.at("temperature_celsius"); celsius.is_number())
    hottest_celsius_ = std::max(hottest_celsius_.value_or(0), celsius.get<double>());
}

std::vector<std::string> StressHealth::lines() {
  look();
  const machine::HealthCounters now = machine::HealthCounters::read(root_);
  const nlohmann::json since = environment_.since();
  std::vector<std::string> known, unknown;
  const auto add = [&](const char* name, const std::optional<std::string>& text) {
    if (text)
      known.push_back(fmt::format("{} {}", name, *text));
    else
      unknown.emplace_back(name);
  };
  const auto count = [](const std::optional<std::uint64_t>& n) {
    return n ? std::optional(std::to_string(*n)) : std::nullopt;
  };
  const auto number = [&](const char* key) {
    return since.at(key).is_number() ? std::optional(since.at(key).get<double>()) : std::nullopt;
  };
  add("kernel warnings", log_.readable() ? std::optional(std::to_string(message_count_)) : std::nullopt);
  add("machine checks", count(machine::growth(before_.machine_checks, now.machine_checks)));
  add("OOM kills", count(machine::growth(before_.oom_kills, now.oom_kills)));
  const auto throttled = number("throttle_events");
  add("throttling", throttled ? std::optional(fmt::format("{:.0f}", *throttled)) : std::nullopt);
  const auto steal = number("steal_ratio");
  add("steal", steal ? std::optional(fmt::format("{:.1f} %", *steal * 100)) : std::nullopt);
  add("temperature",
      hottest_celsius_ ? std::optional(fmt::format("up to {:.0f} °C", *hottest_celsius_)) : std::nullopt);
  std::vector<std::string> lines{fmt::format("machine: {}", fmt::join(known, ", "))};
  if (!unknown.empty()) lines.front() += fmt::format("; not shown here: {}", fmt::join(unknown, ", "));
  for (const std::string& message : messages_) lines.push_back("kernel: " + message);
  if (message_count_ > messages_.size())
    lines.push_back(fmt::format("kernel: and {} more", message_count_ - messages_.size()));
  return lines;
}

}  // namespace fairground::cli
