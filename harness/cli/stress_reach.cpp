#include "cli/stress_reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "plan/parameter.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::ParameterInfo;
using plan::ParameterType;

constexpr unsigned halvings = 5;

json value_of(const ParameterInfo& p, double value) {
  if (p.type == ParameterType::ratio) return std::round(value * 1000) / 1000;
  const auto whole = static_cast<std::int64_t>(std::min(value, 0x1p62));
  if (p.type == ParameterType::size) return whole - whole % (whole >= 4096 ? 4096 : whole >= 8 ? 8 : 1);
  return whole;
}

plan::Point defaults_of(const plan::WorkloadInfo& w) {
  plan::Point point;
  point.workload = w.id;
  point.parameters = w.defaults();
  point.time_ns = 10'000'000;
  point.warmup_ns = 0;
  point.deadline_ns = 500'000'000;
  return point;
}

// Sizes are kept within what a trial may take already.
double upper_end(const plan::WorkloadInfo& w, const ParameterInfo& p, const plan::DrawBounds& bounds) {
  if (p.type != ParameterType::size) return p.maximum;
  return std::min(p.maximum, static_cast<double>(w.has("files") ? bounds.disk_bytes : bounds.memory_bytes));
}

// Half of the way in doublings; from below 1 in those of what is above it.
double between(double low, double high) {
  return low >= 1 ? std::sqrt(low * high) : low + std::expm1(std::log1p(high - low) / 2);
}

// The largest value that is quick, or the upper end.
double farthest(const ParameterInfo& p, double end, plan::Point point, const IsQuick& is_quick) {
  const auto quick_at = [&](double value) {
    point.parameters[p.key] = value_of(p, value);
    return is_quick(point);
  };
  if (quick_at(end)) return end;
  const bool ratio = p.type == ParameterType::ratio;
  double good = p.default_value.get<double>(), bad = end;
  for (unsigned i = 0; i < halvings && bad - good > (ratio ? 0.01 : 1); ++i) {
    const double value = ratio ? (good + bad) / 2 : between(good, bad);
    (quick_at(value) ? good : bad) = value;
  }
  return value_of(p, good).get<double>();
}

}  // namespace

Reach Reaches::of(const plan::WorkloadInfo& w, const IsQuick& is_quick) {
  Reach reach;
  const plan::Point defaults = defaults_of(w);
  std::optional<bool> sound;  // are the defaults quick?
  for (const ParameterInfo& p : w.parameters) {
    if (!plan::is_number(p.type) || p.type == ParameterType::duration) continue;
    const double end = upper_end(w, p, bounds_);
    if (end <= p.default_value.get<double>()) continue;
    const std::string key =
        fmt::format("{} {} {} {} {}", w.family, p.key, p.minimum, p.maximum, p.default_value.dump());
    if (!known_.contains(key)) {
      if (!sound) sound = is_quick(defaults);
      if (!*sound) return {};
      known_[key] = farthest(p, end, defaults, is_quick);
    }
    if (known_[key] < end) reach[p.key] = known_[key];
  }
  return reach;
}

bool keep_within(plan::Draw& draw, const plan::WorkloadInfo& w, const Reach& reach) {
  bool any = false;
  for (const ParameterInfo& p : w.parameters) {
    const auto most = reach.find(p.key);
    if (most == reach.end() || draw.point.parameters.at(p.key).get<double>() <= most->second) continue;
    draw.point.parameters[p.key] = value_of(p, std::max(most->second, p.minimum));
    any = true;
  }
  return any;
}

}  // namespace fairground::cli
