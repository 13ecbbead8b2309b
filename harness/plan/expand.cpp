// expand(): from names, parameters and dimensions to points.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/companion.hpp"
#include "plan/dimensions.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

std::string prefix(const std::string& where) { return where.empty() ? "" : where + ": "; }

std::string did_you_mean(const std::vector<std::string>& names, const std::string& wanted) {
  const std::vector<std::string> near = nearest(names, wanted);
  return near.empty() ? "" : fmt::format("did you mean {}? ", or_list(near));
}

[[noreturn]] void unknown_workload(const std::vector<WorkloadInfo>& all, const std::string& name,
                                   const std::string& where) {
  std::set<std::string> names;
  for (const WorkloadInfo& w : all) names.insert({w.id, w.family});
  throw UserError(fmt::format("{}There is no workload or family {}: {}`fairground list` shows all.", prefix(where),
                              in_quotes(name), did_you_mean({names.begin(), names.end()}, name)));
}

std::vector<const WorkloadInfo*> resolve(const std::vector<Given>& names, const std::vector<WorkloadInfo>& all) {
  std::vector<const WorkloadInfo*> chosen;
  const auto choose = [&](const WorkloadInfo& w) {
    if (std::find(chosen.begin(), chosen.end(), &w) == chosen.end()) chosen.push_back(&w);
  };
  for (const Given& given : names) {
    const std::string name = given.value.is_string() ? given.value.get<std::string>() : given.value.dump();
    const auto by_id = std::find_if(all.begin(), all.end(), [&](const WorkloadInfo& w) { return w.id == name; });
    if (by_id != all.end()) {
      choose(*by_id);
      continue;
    }
    bool found = false;
    for (const WorkloadInfo& w : all) {
      if (w.family != name) continue;
      choose(w);
      found = true;
    }
    if (!found) unknown_workload(all, name, given.where);
  }
  if (chosen.empty()) throw UserError("No workload is named: `fairground list` shows those there are.");
  return chosen;
}

[[noreturn]] void unknown_parameter(const Setting& setting, const std::vector<const WorkloadInfo*>& workloads) {
  std::set<std::string> keys;
  for (const WorkloadInfo* w : workloads) {
    for (const ParameterInfo& p : w->parameters) keys.insert(p.key);
  }
  const std::string who = workloads.size() == 1 ? workloads.front()->id : "none of the workloads named";
  const std::string verb = workloads.size() == 1 ? " has no" : " has a";
  const std::string help =
      keys.empty() ? fmt::format("it takes no parameters")
                   : fmt::format("{}`fairground describe {}` shows what there is",
                                 did_you_mean({keys.begin(), keys.end()}, setting.key), workloads.front()->id);
  throw UserError(
      fmt::format("{}{}{} parameter {}: {}.", prefix(setting.where), who, verb, in_quotes(setting.key), help));
}

void check_keys(const std::vector<Setting>& set, const std::vector<const WorkloadInfo*>& workloads) {
  for (const Setting& setting : set) {
    const bool known = std::any_of(workloads.begin(), workloads.end(),
                                   [&](const WorkloadInfo* w) { return w->parameter(setting.key) != nullptr; });
    if (!known) unknown_parameter(setting, workloads);
  }
}

[[noreturn]] void too_many_points() {
  throw UserError(fmt::format("The sweeps span more than {} points; give fewer values, or several runs.", most_points));
}

// The values of one parameter that a run sweeps: those given, else the default alone.
std::vector<json> values_of(const WorkloadInfo& w, const ParameterInfo& p, const std::vector<Setting>& set) {
  const auto given = std::find_if(set.begin(), set.end(), [&](const Setting& s) { return s.key == p.key; });
  if (given == set.end()) return {p.default_value};
  std::vector<json> values;
  for (const Given& g : given->values) {
    const std::string where = g.where.empty() ? "--set " : prefix(g.where);
    values.push_back(parse_value(p, g.value, fmt::format("{}{} of {}", where, p.key, w.id)));
  }
  return values;
}

std::vector<json> parameter_sets(const WorkloadInfo& w, const std::vector<Setting>& set) {
  std::vector<json> sets{json::object()};
  for (const ParameterInfo& p : w.parameters) {
    const std::vector<json> values = values_of(w, p, set);
    if (values.size() * sets.size() > most_points) too_many_points();
    std::vector<json> longer;
    longer.reserve(sets.size() * values.size());
    for (const json& one : sets) {
      for (const json& value : values) {
        longer.push_back(one);
        longer.back()[p.key] = value;
      }
    }
    sets = std::move(longer);
  }
  return sets;
}

}  // namespace

std::string why_no_processes(const WorkloadInfo& w, const json& parameters) {
  if (!w.has("processes")) return fmt::format("{} works between threads only, not between processes", w.id);
  for (const ParameterInfo& p : w.parameters) {
    if (p.processes.empty()) continue;
    const std::vector<std::string> able = split_list(p.processes);
    const std::string value = format_value(p, parameters.at(p.key));
    if (std::find(able.begin(), able.end(), value) == able.end()) {
      return fmt::format("{} with {}={} works between threads only; {} between processes too", w.id, p.key, value,
                         or_list(able));
    }
  }
  return "";
}

namespace {

// One digit of a number written in mixed radix: picks the value, and leaves the digits before it.
template <class T>
T pick(const std::vector<T>& values, std::size_t& number) {
  const std::size_t digit = number % values.size();
  number /= values.size();
  return values[digit];
}

std::size_t combinations(const Dimensions& d) {
  std::size_t product = 1;
  for (const std::size_t n : {d.workers.size(), d.as_processes.size(), d.pin.size(), d.probes.size(), d.time_ns.size(),
                              d.warmup_ns.size(), d.deadline_ns.size(), d.stutter_ns.size(), d.shuffle_ns.size()}) {
    if (n > most_points / product) too_many_points();
    product *= n;
  }
  return product;
}

// Without a contended resource there is nothing to probe, so such a workload has one level. Where none is asked for,
// waits are sampled, too, but not those of one worker, who waits for nobody.
void append_points(std::vector<Point>& points, const WorkloadInfo& w, const json& parameters, Dimensions d) {
  const bool asked = !d.probes.empty();
  if (!w.has("contended"))
    d.probes = {"edges"};
  else if (!asked)
    d.probes = {"edges", "sampled"};
  const std::size_t count = combinations(d);
  if (points.size() + count > most_points) too_many_points();
  const std::string threads_only = why_no_processes(w, parameters);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t left = i;
    Point point;
    point.workload = w.id;
    point.parameters = parameters;
    point.shuffle_ns = pick(d.shuffle_ns, left);
    point.stutter_ns = pick(d.stutter_ns, left);
    point.deadline_ns = pick(d.deadline_ns, left);
    point.warmup_ns = pick(d.warmup_ns, left);
    point.time_ns = pick(d.time_ns, left);
    point.probes = pick(d.probes, left);
    point.pin = pick(d.pin, left);
    point.as_processes = pick(d.as_processes, left);
    point.workers = pick(d.workers, left);
    if (!asked && point.workers == 1 && point.probes != "edges") continue;
    if (point.shuffle_ns > 0 && w.kind == "team")
      point.unsupported = fmt::format("{} places its workers itself, so they can't be shuffled", w.id);
    if (point.as_processes && !threads_only.empty()) point.unsupported = threads_only;
    points.push_back(std::move(point));
  }
}

}  // namespace

const WorkloadInfo& find(const std::vector<WorkloadInfo>& all, const std::string& id, const std::string& where) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const WorkloadInfo& w) { return w.id == id; });
  if (found != all.end()) return *found;
  std::vector<std::string> ids;
  ids.reserve(all.size());
  for (const WorkloadInfo& w : all) ids.push_back(w.id);
  throw UserError(fmt::format("{}There is no workload {}: {}`fairground list` shows all.", prefix(where), in_quotes(id),
                              did_you_mean(ids, id)));
}

std::vector<Point> expand(const RunOptions& options, const std::vector<WorkloadInfo>& all) {
  Dimensions dimensions = dimensions_of(options);
  if (!options.companions.empty() && dimensions.probes.empty()) dimensions.probes = {Point{}.probes};
  const std::vector<const WorkloadInfo*> workloads = resolve(options.names, all);
  check_keys(options.set, workloads);
  std::vector<Point> points;
  for (const WorkloadInfo* w : workloads) {
    for (const json& parameters : parameter_sets(*w, options.set)) append_points(points, *w, parameters, dimensions);
  }
  for (Point& point : points) {
    for (const Given& given : options.companions) point.companions.push_back(companion(given, point.workers, all));
  }
  return points;
}

}  // namespace fairground::plan
