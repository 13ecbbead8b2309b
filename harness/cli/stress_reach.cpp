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
constexpr unsigned most_times = 4;  // that a workload is looked at

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

// Numbers that are no durations, which have the deadline, and can be turned up from their default.
std::vector<const ParameterInfo*> that_go_far(const plan::WorkloadInfo& w, const plan::DrawBounds& bounds) {
  std::vector<const ParameterInfo*> found;
  for (const ParameterInfo& p : w.parameters) {
    if (!plan::is_number(p.type) || p.type == ParameterType::duration) continue;
    if (upper_end(w, p, bounds) > p.default_value.get<double>()) found.push_back(&p);
  }
  return found;
}

Reach no_further(const plan::WorkloadInfo& w, const plan::DrawBounds& bounds) {
  Reach reach;
  for (const ParameterInfo* p : that_go_far(w, bounds)) reach[p->key] = p->default_value.get<double>();
  return reach;
}

std::string bound_text(const plan::WorkloadInfo& w, const std::string& key, double most) {
  const ParameterInfo& p = *w.parameter(key);
  const json value = p.type == ParameterType::ratio ? json(most) : json(static_cast<std::int64_t>(most));
  return fmt::format("{} up to {}", key, plan::format_value(p, value));
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
  std::unique_lock lock(mutex_);
  Known& known = workloads_[w.id];
  changed_.wait(lock, [&] { return !known.asking; });
  if (known.reach) return *known.reach;
  if (known.times == most_times) return {};
  known.asking = true;
  plan::Point defaults = defaults_of(w);
  defaults.deadline_ns <<= known.times++;
  lock.unlock();
  std::optional<Reach> found;
  try {
    found = look(w, defaults, is_quick);
  } catch (...) {
    lock.lock();
    known.asking = false;
    changed_.notify_all();
    throw;
  }
  lock.lock();
  known.asking = false;
  known.reach = found;
  changed_.notify_all();
  if (!found) return no_further(w, bounds_);
  for (const auto& [key, most] : *found) bounded_[bound_text(w, key, most)].push_back(w.id);
  return *found;
}

std::optional<Reach> Reaches::look(const plan::WorkloadInfo& w, const plan::Point& defaults, const IsQuick& is_quick) {
  Reach reach;
  std::optional<bool> sound;  // are the defaults quick?
  for (const ParameterInfo* p : that_go_far(w, bounds_)) {
    const double end = upper_end(w, *p, bounds_);
    const std::string parameter =
        fmt::format("{} {} {} {} {}", w.family, p->key, p->minimum, p->maximum, p->default_value.dump());
    std::optional<double> most = known(parameter);
    if (!most) {
      if (!sound) sound = is_quick(defaults);
      if (!*sound) return std::nullopt;
      most = farthest(*p, end, defaults, is_quick);
      const std::lock_guard lock(mutex_);
      parameters_[parameter] = *most;
    }
    if (*most < end) reach[p->key] = *most;
  }
  return reach;
}

std::optional<double> Reaches::known(const std::string& parameter) const {
  const std::lock_guard lock(mutex_);
  const auto found = parameters_.find(parameter);
  return found == parameters_.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, std::vector<std::string>> Reaches::bounded() const {
  const std::lock_guard lock(mutex_);
  return bounded_;
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
