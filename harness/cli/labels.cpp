#include "cli/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/text.hpp"
#include "machine/pinning.hpp"
#include "plan/parameter.hpp"

namespace fairground::cli {
namespace {

using plan::Point;

using Value = std::function<std::string(const Point&)>;

bool differs(const std::vector<Point>& points, const Value& value) {
  return std::any_of(points.begin(), points.end(), [&](const Point& p) { return value(p) != value(points.front()); });
}

// Are there two points that nothing shown so far tells apart, and this does?
bool tells_apart(const std::vector<Point>& points, const Value& value, const std::vector<Value>& shown) {
  std::map<std::string, std::string> first;
  for (const Point& p : points) {
    std::string key = p.workload + "\n" + p.parameters.dump();
    for (const Value& other : shown) key += "\n" + other(p);
    if (first.try_emplace(key, value(p)).first->second != value(p)) return true;
  }
  return false;
}

// For each workload, the parameters that have more than one value in this run.
std::map<std::string, std::set<std::string>> swept(const std::vector<Point>& points) {
  std::map<std::string, const Point*> first;
  std::map<std::string, std::set<std::string>> keys;
  for (const Point& p : points) {
    const Point& other = *first.try_emplace(p.workload, &p).first->second;
    for (const auto& [key, value] : p.parameters.items()) {
      if (other.parameters.value(key, nlohmann::json()) != value) keys[p.workload].insert(key);
    }
  }
  return keys;
}

std::string listed(const std::vector<plan::Companion>& companions, std::string plan::Companion::*what) {
  std::string out;
  for (std::size_t i = 0; i < companions.size(); ++i)
    out += (i == 0 ? "beside " : i + 1 == companions.size() ? " and " : ", ") + companions[i].*what;
  return out;
}

// What runs beside each point: by id, or as it was asked for where ids alone don't tell two points apart. Null if no
// point has company.
Value beside(const std::vector<Point>& points, const std::vector<Value>& shown) {
  if (std::all_of(points.begin(), points.end(), [](const Point& p) { return p.companions.empty(); })) return nullptr;
  const Value ids = [](const Point& p) { return listed(p.companions, &plan::Companion::workload); };
  const Value whole = [](const Point& p) { return listed(p.companions, &plan::Companion::text); };
  std::vector<Value> with_ids = shown;
  with_ids.push_back(ids);
  return tells_apart(points, whole, with_ids) ? whole : ids;
}

std::string often(const char* what, std::uint64_t ns) {
  return ns == 0 ? std::string() : fmt::format("{} {}", what, human_duration(static_cast<double>(ns)));
}

}  // namespace

std::vector<Label> labels(const std::vector<Point>& points, const std::vector<const plan::WorkloadInfo*>& workloads) {
  const Value workers = [](const Point& p) { return fmt::format("×{}", p.workers); };
  std::vector<Value> shown;
  if (!points.empty() && differs(points, workers)) shown.push_back(workers);
  if (const Value company = beside(points, shown)) shown.push_back(company);
  for (const Value& value : {
           Value([](const Point& p) { return std::string(p.as_processes ? "processes" : "threads"); }),
           Value([](const Point& p) { return p.pin; }),
           Value([](const Point& p) { return p.probes; }),
           Value([](const Point& p) { return human_duration(static_cast<double>(p.time_ns)); }),
           Value([](const Point& p) { return "warm-up " + human_duration(static_cast<double>(p.warmup_ns)); }),
           Value([](const Point& p) { return often("stutter", p.stutter_ns); }),
           Value([](const Point& p) { return often("shuffle", p.shuffle_ns); }),
       }) {
    if (tells_apart(points, value, shown)) shown.push_back(value);
  }
  auto keys = swept(points);
  std::vector<Label> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Label label;
    for (const Value& value : shown) {
      const std::string text = value(points[i]);
      if (!text.empty()) label.variant += " " + text;
    }
    for (const plan::ParameterInfo& p : workloads[i]->parameters) {
      if (keys[points[i].workload].count(p.key) == 0) continue;
      label.variant += fmt::format(" {}={}", p.key, plan::format_value(p, points[i].parameters.at(p.key)));
    }
    label.text = points[i].workload + label.variant;
    out.push_back(std::move(label));
  }
  return out;
}

std::string counted(std::size_t n, const std::string& noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

std::string broke_as_expected(std::size_t trials) {
  return counted(trials, "trial") + " broke an invariant, as they are there to do";
}

std::string placement(const std::vector<Placement>& points) {
  if (points.empty()) return "nowhere";
  std::set<unsigned> workers;
  std::set<std::size_t> units;
  std::vector<std::string> pins;
  for (const Placement& p : points) {
    workers.insert(p.workers);
    const std::size_t distinct = machine::units_of(p.places).size();
    units.insert(distinct);
    const std::string pin = distinct == 0 ? "not pinned" : p.pin;
    if (std::find(pins.begin(), pins.end(), pin) == pins.end()) pins.push_back(pin);
  }
  std::string text = counted(*workers.rbegin(), "worker");
  if (workers.size() > 1) text = fmt::format("{} to {}", *workers.begin(), text);
  if (*units.rbegin() > 0)
    text += fmt::format(" on {}{}", units.size() > 1 ? "up to " : "", counted(*units.rbegin(), "unit"));
  for (std::size_t i = 0; i < pins.size(); ++i)
    text += (i == 0 ? ", " : i + 1 == pins.size() ? " and " : ", ") + pins[i];
  return text;
}

}  // namespace fairground::cli
