#include "cli/stress_reach.hpp"

#include <algorithm>
#include <cmath>

#include "plan/parameter.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::ParameterInfo;
using plan::ParameterType;

constexpr unsigned halvings = 5;
constexpr double worth_asking = 4;  // upper end over default

json value_of(const ParameterInfo& p, double value) {
  if (p.type == ParameterType::ratio) return std::round(value * 1000) / 1000;
  return static_cast<std::int64_t>(std::min(value, 0x1p62));
}

plan::Point defaults_of(const plan::WorkloadInfo& w) {
  plan::Point point;
  point.workload = w.id;
  for (const ParameterInfo& p : w.parameters) point.parameters[p.key] = p.default_value;
  point.time_ns = 20'000'000;
  point.warmup_ns = 0;
  point.deadline_ns = 1'000'000'000;
  return point;
}

// Sizes are kept within what a trial may take already.
double upper_end(const plan::WorkloadInfo& w, const ParameterInfo& p, const plan::DrawBounds& bounds) {
  if (p.type != ParameterType::size) return p.maximum;
  return std::min(p.maximum, static_cast<double>(w.has("files") ? bounds.disk_bytes : bounds.memory_bytes));
}

double between(double low, double high) { return low + std::expm1(std::log1p(high - low) / 2); }

}  // namespace

Reach reach_of(const plan::WorkloadInfo& w, const plan::DrawBounds& bounds, const IsQuick& is_quick) {
  Reach reach;
  const plan::Point defaults = defaults_of(w);
  bool asked = false;
  for (const ParameterInfo& p : w.parameters) {
    if (!plan::is_number(p.type) || p.type == ParameterType::duration) continue;
    const double otherwise = p.default_value.get<double>(), end = upper_end(w, p, bounds);
    if (end <= otherwise || (end < worth_asking * std::max(otherwise, 1.0) && p.type != ParameterType::ratio &&
                             p.type != ParameterType::integer))
      continue;
    if (!asked && !is_quick(defaults)) return {};
    asked = true;
    plan::Point point = defaults;
    const auto quick_at = [&](double value) {
      point.parameters[p.key] = value_of(p, value);
      return is_quick(point);
    };
    if (quick_at(end)) continue;
    double good = otherwise, bad = end;
    for (unsigned i = 0; i < halvings && bad - good > (p.type == ParameterType::ratio ? 0.01 : 1); ++i) {
      // From the default up the first steps are small: an operation's time may grow as a power, or faster.
      const double value = p.type == ParameterType::ratio ? (good + bad) / 2 : between(good, bad);
      (quick_at(value) ? good : bad) = value;
    }
    reach[p.key] = p.type == ParameterType::ratio ? good : std::floor(good);
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
