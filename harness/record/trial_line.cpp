// The line of one trial: DESIGN §9's keys from a trial's raw facts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "machine/pinning.hpp"
#include "record/fairness.hpp"
#include "record/lines.hpp"
#include "record/over_time.hpp"
#include "record/probes.hpp"
#include "record/want_of_unit.hpp"

namespace fairground::record {

namespace {

using nlohmann::json;
using std::optional;

constexpr double steal_limit_ratio = 0.01;
constexpr double busy_limit_ratio = 0.1;     // of all units, by other programs (the supervisor takes about 0.01)
constexpr std::size_t most_overtaking = 64;  // contenders, in overtaken_by

// Who else ran in the same window: a trial's companions, a companion's subject and fellows.
struct Neighbours {
  machine::Places places;    // of their workers; a worker that is not pinned may run anywhere: it has an empty one
  std::uint64_t cpu_ns = 0;  // in the window
};

// All that the parts of the line are made from.
struct Facts {
  const trial::Spec& spec;
  const trial::Result& result;
  const TrialContext& context;
  const Neighbours& neighbours;
  std::vector<Contender> workers;
  std::vector<Contender> others;
  Fairness fairness;

  [[nodiscard]] const std::vector<Contender>& contenders() const { return others.empty() ? workers : others; }
  [[nodiscard]] const char* who() const { return others.empty() ? "worker" : "contender"; }
  [[nodiscard]] bool warned(const std::string& code) const { return std::ranges::count(result.warnings, code) > 0; }
  [[nodiscard]] double seconds() const { return static_cast<double>(result.window_ns) / 1e9; }
};

double stolen_ns(const trial::Result& result) {
  const json& e = result.environment;
  return e.contains("steal_ns") && e.at("steal_ns").is_number() ? e.at("steal_ns").get<double>() : 0;
}

Facts facts_of(const trial::Spec& spec, const trial::Result& result, const TrialContext& context,
               const Neighbours& neighbours) {
  Facts f{spec, result, context, neighbours, workers_of(spec, result), others_of(result), {}};
  f.fairness = fairness_of(f.contenders(), result.window_ns, context.control, stolen_ns(result));
  return f;
}

// ---- metrics ----

// n min(r) / sum r over the workers' operations per CPU second; null if a worker had no CPU time.
optional<double> cpu_minimum_share(const Facts& f) {
  std::vector<double> rate;
  for (std::size_t i = 0; i < f.workers.size(); ++i) {
    const auto cpu = static_cast<double>(f.result.workers[i].user_ns + f.result.workers[i].system_ns);
    if (cpu <= 0) return std::nullopt;
    rate.push_back(f.workers[i].x / cpu);
  }
  return stats::raw_minimum_share(rate);
}

// The same figures for each class of contenders, where there are several.
json classes_json(const Facts& f, Nulls& nulls) {
  std::set<std::string> names;
  for (const Contender& c : f.contenders()) {
    if (!c.class_name.empty()) names.insert(c.class_name);
  }
  json out = json::object();
  if (names.size() < 2) return out;
  for (const std::string& name : names) {
    std::vector<Contender> members;
    std::ranges::copy_if(f.contenders(), std::back_inserter(members),
                         [&](const Contender& c) { return c.class_name == name; });
    const Fairness fairness = fairness_of(members, f.result.window_ns, f.context.control, stolen_ns(f.result));
    const std::string path = "metrics.classes." + name;
    out[name] = fairness_json(members, fairness, path, nulls);
    out[name]["throughput_per_s"] =
        nulls.value(fairness.measured() ? optional(fairness.sum / f.seconds()) : std::nullopt,
                    path + ".throughput_per_s", "no-window");
  }
  return out;
}

json metrics_json(const Facts& f, Nulls& nulls) {
  json out = fairness_json(f.contenders(), f.fairness, "metrics", nulls);
  double operations = 0, cpu_ns = 0;
  for (std::size_t i = 0; i < f.workers.size(); ++i) {
    operations += f.workers[i].x;
    cpu_ns += static_cast<double>(f.result.workers[i].user_ns + f.result.workers[i].system_ns);
  }
  const bool window = f.fairness.measured();
  const std::string none = window ? "no-operations" : "no-window";
  out["throughput_per_s"] =
      nulls.value(window ? optional(operations / f.seconds()) : std::nullopt, "metrics.throughput_per_s", "no-window");
  out["cpu_ns_per_operation"] = nulls.value(window && operations > 0 ? optional(cpu_ns / operations) : std::nullopt,
                                            "metrics.cpu_ns_per_operation", none);
  const bool of_workers = window && f.others.empty() && !out.at("minimum_share_ratio").is_null();
  std::string reason = "no-cpu-time";
  if (!of_workers) reason = !window ? "no-window" : !f.others.empty() ? "contenders-not-workers" : "too-few-operations";
  if (window && f.others.empty() && f.fairness.sum <= 0) reason = "no-operations";
  out["cpu_minimum_share_ratio"] =
      nulls.value(of_workers ? cpu_minimum_share(f) : std::nullopt, "metrics.cpu_minimum_share_ratio", reason);
  if (f.contenders().size() > 1) out["jain_over_time"] = jain_over_time(f.result.progress);
  if (json classes = classes_json(f, nulls); !classes.empty()) out["classes"] = std::move(classes);
  if (window) put_probe_metrics(out, f.spec, f.result, f.context, nulls);
  return out;
}

json thresholds_json(const Facts& f, Nulls& nulls) {
  json out = json::object();
  const auto put = [&](const char* key, bool known, double value) {
    out[key] = nulls.value(known ? optional(whole_ns(value)) : std::nullopt, std::string("episode_thresholds.") + key,
                           f.fairness.measured() ? "no-operations" : "no-window");
  };
  const bool any = !f.fairness.episodes.empty();
  put("fair_interval_ns", any, f.fairness.thresholds.fair_interval_ns);
  put("round_ns", true, f.fairness.thresholds.round_ns);
  put("slice_ns", true, f.fairness.thresholds.slice_ns);
  put("resource_ns", any, f.fairness.resource_ns());
  put("scheduler_ns", any, f.fairness.scheduler_ns());
  return out;
}

// ---- who ----

json worker_json(const Facts& f, std::size_t i, Nulls& nulls) {
  const trial::WorkerResult& w = f.result.workers[i];
  json out;
  if (f.others.empty()) {
    out = contender_json(f.workers[i], f.fairness, i, "per_worker", nulls);
  } else {
    // Shares and episodes are the contenders'; what is left of a worker is its gaps.
    const Fairness alone = fairness_of({f.workers[i]}, f.result.window_ns, f.context.control, stolen_ns(f.result));
    out = contender_json(f.workers[i], alone, 0, "per_worker", nulls);
    out.erase("starved");
    for (const char* key : {"entitlement_ratio", "share_ratio", "starvation_episodes", "starvation_ns",
                            "scheduler_episodes", "possible_episodes"}) {
      out[key] = nulls.none(std::string("per_worker.") + key, "contenders-not-workers");
    }
  }
  const bool whole = !f.spec.workload.has("contended");
  out["worker"] = w.worker;
  if (!w.class_name.empty()) out["class"] = w.class_name;
  if (f.others.empty() && f.workers.size() > 1 && f.workers.size() <= most_overtaking) {
    out["overtaken_by"] = overtaken_by(f.workers, i, {w.longest_gap_begin_ns, w.longest_gap_end_ns});
    if (json episodes = episodes_json(f.workers, f.fairness, i); !episodes.empty()) {
      out["longest_episodes"] = std::move(episodes);
    }
  }
  out["effective_operations"] =
      nulls.value(whole ? w.effective_operations : std::nullopt, "per_worker.effective_operations",
                  !whole             ? "contended-resource"
                  : w.operations < 2 ? "fewer-than-two-operations"
                                     : "short-operations");
  out["units"] = w.units_asked;
  out["units_allowed"] = w.units_allowed;
  out["units_seen"] = w.units_seen;
  out["user_ns"] = w.user_ns;
  out["system_ns"] = w.system_ns;
  out["run_delay_ns"] = nulls.value(f.warned("no-schedstat") ? std::nullopt : optional(w.run_delay_ns),
                                    "per_worker.run_delay_ns", "no-schedstat");
  out["voluntary_switches"] = w.voluntary_switches;
  out["involuntary_switches"] = w.involuntary_switches;
  out["migrations"] = nulls.value(w.migrations, "per_worker.migrations", "no-sched-file");
  out["gaps_dropped"] = w.gaps_dropped;
  return out;
}

json other_json(const Facts& f, std::size_t i, Nulls& nulls) {
  const Contender& c = f.others[i];
  json out = contender_json(c, f.fairness, i, "per_contender", nulls);
  out["contender"] = c.index;
  out["class"] = c.class_name;
  out["units"] = c.units;
  out["units_seen"] = nulls.value(c.units_seen.empty() ? std::nullopt : optional(c.units_seen),
                                  "per_contender.units_seen", "not-sampled");
  return out;
}

// ---- findings and warnings ----

bool expects(const trial::Spec& spec, const char* kind) { return std::ranges::count(spec.workload.expects, kind) > 0; }

json findings_json(const Facts& f) {
  json out = json::array();
  for (const trial::Finding& finding : f.result.findings) {
    out.push_back({{"kind", finding.kind},
                   {"certainty", finding.certain ? "certain" : "possible"},
                   {"expected", finding.expected},
                   {"text", finding.text}});
  }
  for (std::size_t i = 0; i < f.contenders().size(); ++i) {
    if (!f.fairness.starved[i]) continue;
    const Contender& c = f.contenders()[i];
    const double entitled = f.fairness.entitlement[i] * f.fairness.sum;
    // Of other contenders than workers nobody knows.
    const bool unasked = f.others.empty() && wanted_a_unit(f.workers, f.fairness, f.result, i);
    out.push_back({{"kind", "starvation"},
                   {"certainty", "certain"},
                   {"expected", unasked || expects(f.spec, "starvation") || !f.spec.promises_fairness()},
                   {"contender", c.index},
                   {"text", fmt::format("{} {} completed {} of the {:.0f} operations that its place entitles it to{}",
                                        f.who(), c.index, c.operations, entitled,
                                        unasked ? ", for it hardly had a unit to run on." : ".")}});
  }
  return out;
}

bool pinned_elsewhere(const trial::WorkerResult& w) {
  if (w.units_asked.empty()) return false;
  const auto sorted = [](std::vector<unsigned> units) {
    std::ranges::sort(units);
    return units;
  };
  const std::vector<unsigned> asked = sorted(w.units_asked);
  const bool allowed = w.units_allowed.empty() || sorted(w.units_allowed) == asked;
  return !allowed || !std::ranges::includes(asked, sorted(w.units_seen));
}

// What of all units' time others took at least: busy, less what the trial's processes had, less two ticks of the
// kernel's clock a unit, which is how coarsely it counts. 0 where the kernel doesn't say.
double others_ratio(const Facts& f) {
  const json& e = f.result.environment;
  if (!e.contains("busy_ratio") || !e.at("busy_ratio").is_number() || !e.at("units_ns").is_number()) return 0;
  double cpu_ns = 0;
  for (const Contender& w : f.workers) cpu_ns += static_cast<double>(w.cpu_ns);
  const double all_ns = e.at("units_ns").get<double>();
  cpu_ns = std::max(cpu_ns, static_cast<double>(f.result.trial_cpu_ns));
  cpu_ns += static_cast<double>(f.neighbours.cpu_ns);
  if (all_ns <= 0 || f.result.window_ns == 0) return 0;
  constexpr double two_ticks_ns = 20e6;
  return e.at("busy_ratio").get<double>() - cpu_ns / all_ns - two_ticks_ns / static_cast<double>(f.result.window_ns);
}

// What the trial noticed itself, and what shows only now.
json warnings_json(const Facts& f, const json& findings, const json& environment) {
  std::vector<std::string> codes = f.result.warnings;
  const auto add = [&](bool holds, const char* code) {
    if (holds && std::ranges::count(codes, code) == 0) codes.emplace_back(code);
  };
  const auto found = [&](const std::string& kind) {
    return std::ranges::any_of(findings, [&](const json& finding) { return finding.at("kind") == kind; });
  };
  const double n = static_cast<double>(f.contenders().size());
  const bool compared = f.fairness.measured() && n > 1;
  // Whose units are crowded by neighbours alone has asked for that.
  const bool by_itself = f.neighbours.places.empty() || f.workers.size() > machine::units_of(f.spec.places).size();
  add(f.context.oversubscribed && by_itself && f.fairness.measured(), "oversubscribed");
  add(compared && f.fairness.sum < 100 * n, "too-few-operations");
  add(compared && f.fairness.sum >= 100 * n && f.fairness.sum < 1000 * n, "few-operations");
  add(window_too_short(f.contenders(), f.fairness), "window-too-short");
  add(f.fairness.measured() && f.context.control.estimated, "no-control");
  add(others_ratio(f) > busy_limit_ratio, "machine-busy");
  add(f.spec.point.shuffle_ns == 0 && std::ranges::any_of(f.result.workers, pinned_elsewhere), "pinning-not-achieved");
  add(std::ranges::any_of(f.result.workers, [](const auto& w) { return w.gaps_dropped > 0; }), "gaps-dropped");
  add(environment.contains("steal_ratio") && environment.at("steal_ratio").is_number() &&
          environment.at("steal_ratio").get<double>() > steal_limit_ratio,
      "steal-time");
  for (const std::string& kind : f.spec.workload.expects) {
    // Starvation is what an unfair lock may do, not what it has to: a trial in which nobody starved is no surprise.
    add(f.fairness.measured() && kind != "starvation" && !found(kind), "expected-finding-absent");
  }
  return codes;
}

// ---- the rest ----

json failure_json(const optional<trial::Failure>& failure) {
  if (!failure) return nullptr;
  return {{"signal", failure->signal == 0 ? json() : json(failure->signal)},
          {"phase", failure->phase},
          {"worker", failure->worker < 0 ? json() : json(failure->worker)},
          {"backtrace", failure->backtrace}};
}

json counters_json(const trial::Result& result, Nulls& nulls) {
  json out = json::object();
  for (const auto& [key, value] : result.counters) {
    const bool whole = std::floor(value) == value && std::abs(value) < 0x1p53;
    out[key] = whole ? json(static_cast<std::int64_t>(value))
                     : nulls.value(optional(value), "counters." + key, "not-a-number");
  }
  return out;
}

void put_plan(json& line, const Facts& f) {
  const plan::Point& p = f.spec.point;
  const plan::WorkloadInfo& w = f.spec.workload;
  line.update({{"workload", p.workload},
               {"family", w.family},
               {"group", w.group},
               {"workload_version", w.version},
               {"operation", w.operation},
               {"parameters", p.parameters},
               {"workers", p.workers},
               {"as", p.as_processes ? "processes" : "threads"},
               {"pin", p.pin},
               {"probes", p.probes},
               {"oversubscribed", f.context.oversubscribed},
               {"block", f.context.block},
               {"point", f.context.point},
               {"trial", f.context.trial},
               {"role", f.context.role},
               {"of", f.context.of ? json(*f.context.of) : json()},
               {"seed", f.spec.seed},
               {"time_ns", p.time_ns},
               {"warmup_ns", p.warmup_ns},
               {"concurrent", f.context.concurrent + f.spec.companions.size()},
               {"companions", json::array()}});
  if (!p.companions.empty()) {
    json& with = line["with"] = json::array();
    for (const plan::Companion& c : p.companions) with.push_back(c.text);
  }
  if (f.context.draw) line["draw"] = *f.context.draw;
  if (f.spec.point.stutter_ns > 0) line["stutter_ns"] = f.spec.point.stutter_ns;
  if (f.spec.point.shuffle_ns > 0) line["shuffle_ns"] = f.spec.point.shuffle_ns;
}

void put_outcome(json& line, const Facts& f, Nulls& nulls) {
  const trial::Result& r = f.result;
  json phases = json::object();
  for (const auto& [phase, ns] : r.phases_ns) phases[phase] = ns;
  line.update({{"status", r.status},
               {"reason", r.reason.empty() ? json() : json(r.reason)},
               {"failure", failure_json(r.failure)},
               {"findings", findings_json(f)},
               {"window_ns", r.window_ns},
               {"phases_ns", std::move(phases)},
               {"lateness_ns", r.lateness_ns},
               {"snapshot_ns", r.snapshot_ns},
               {"counters", counters_json(r, nulls)},
               {"progress", progress_json(r.progress)},
               {"output", r.output}});
  line["window_start_realtime_ns"] = nulls.value(r.window_ns > 0 ? optional(r.window_start_realtime_ns) : std::nullopt,
                                                 "window_start_realtime_ns", "no-window");
  const std::string& timeline = f.context.timeline_file;
  line["timeline_file"] = timeline.empty() ? nulls.none("timeline_file", "probe-level") : json(timeline);
  json environment = r.environment.is_object() ? r.environment : json::object();
  if (environment.contains("null_reasons")) {
    nulls.adopt("environment", environment.at("null_reasons"));
    environment.erase("null_reasons");
  }
  line["environment"] = std::move(environment);
}

// crowd: workers a unit, whoever's.
ControlFigures figures_in(double crowd, const trial::Spec& spec, const trial::Result& result) {
  ControlFigures out;
  constexpr std::int64_t shortest_ns = 1'000'000;
  std::vector<double> lengths;
  double cpu_ns = 0, switches = 0;
  for (const trial::WorkerResult& w : result.workers) {
    for (const trial::Gap& gap : w.gaps) {
      const auto span = clipped(gap, result.window_ns);
      if (span && span->end_ns - span->begin_ns >= shortest_ns) {
        lengths.push_back(static_cast<double>(span->end_ns - span->begin_ns));
      }
    }
    cpu_ns += static_cast<double>(w.user_ns + w.system_ns);
    switches += static_cast<double>(w.involuntary_switches);
  }
  if (!lengths.empty()) out.round_ns = stats::percentile(std::move(lengths), 99);
  if (switches > 0) out.slice_ns = cpu_ns / switches;
  if (spec.workload.has("contended")) {  // its gaps are the resource's as well, so they are no measure of a round
    out.round_ns = out.slice_ns * std::max(0.0, std::ceil(crowd) - 1);
    out.estimated = true;
  }
  return out;
}

// How many workers there are to a unit of its own, neighbours' included as far as they are placed there.
double crowd_of(const trial::Spec& spec, const trial::Result& result, const Neighbours& neighbours) {
  std::set<unsigned> own = machine::units_of(spec.places);
  if (own.empty()) {
    for (const trial::WorkerResult& w : result.workers) own.insert(w.units_allowed.begin(), w.units_allowed.end());
  }
  double workers = spec.point.workers;
  for (const std::vector<unsigned>& place : neighbours.places) {
    const auto shared = std::ranges::count_if(place, [&](unsigned unit) { return own.contains(unit); });
    workers += place.empty() ? 1 : static_cast<double>(shared) / static_cast<double>(place.size());
  }
  return workers / static_cast<double>(std::max<std::size_t>(1, own.size()));
}

// Whoever shares its units with neighbours waits for their time slices, too.
TrialContext beside(TrialContext context, const trial::Spec& spec, const trial::Result& result,
                    const Neighbours& neighbours) {
  const double crowd = neighbours.places.empty() ? 0 : crowd_of(spec, result, neighbours);
  if (crowd <= 1) return context;
  context.oversubscribed = true;
  const ControlFigures here = figures_in(crowd, spec, result);
  context.control.round_ns = std::max(context.control.round_ns, here.round_ns);
  context.control.slice_ns = std::max(context.control.slice_ns, here.slice_ns);
  return context;
}

}  // namespace

ControlFigures control_figures(const trial::Spec& spec, const trial::Result& result, bool oversubscribed) {
  return oversubscribed ? figures_in(crowd_of(spec, result, {}), spec, result) : ControlFigures{};
}

namespace {

json line_of_one(const trial::Spec& spec, const trial::Result& result, const TrialContext& context,
                 const Neighbours& neighbours) {
  const Facts facts = facts_of(spec, result, context, neighbours);
  Nulls nulls;
  json line = {{"record", "trial"}};
  put_plan(line, facts);
  put_outcome(line, facts, nulls);
  line["metrics"] = metrics_json(facts, nulls);
  line["episode_thresholds"] = thresholds_json(facts, nulls);
  line["per_worker"] = json::array();
  for (std::size_t i = 0; i < facts.workers.size(); ++i) line["per_worker"].push_back(worker_json(facts, i, nulls));
  if (!facts.others.empty()) {
    json& others = line["per_contender"] = json::array();
    for (std::size_t i = 0; i < facts.others.size(); ++i) others.push_back(other_json(facts, i, nulls));
  }
  line["warnings"] = warnings_json(facts, line["findings"], line["environment"]);
  line["null_reasons"] = nulls.reasons();
  return line;
}

// Everybody of a trial but one.
Neighbours all_but(std::size_t one, const std::vector<const trial::Spec*>& specs,
                   const std::vector<const trial::Result*>& results) {
  Neighbours out;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i == one) continue;
    machine::Places places = specs[i]->places;
    places.resize(specs[i]->point.workers);
    out.places.insert(out.places.end(), places.begin(), places.end());
    out.cpu_ns += results[i]->trial_cpu_ns;
  }
  return out;
}

}  // namespace

json trial_line(const trial::Spec& spec, const trial::Result& result, const TrialContext& context) {
  std::vector<const trial::Spec*> specs{&spec};
  std::vector<const trial::Result*> results{&result};
  for (std::size_t i = 0; i < result.companions.size(); ++i) {
    specs.push_back(&spec.companions[i]);
    results.push_back(&result.companions[i]);
  }
  const Neighbours companions = all_but(0, specs, results);
  json line = line_of_one(spec, result, beside(context, spec, result, companions), companions);
  for (std::size_t i = 1; i < results.size(); ++i) {
    TrialContext one = context;
    one.control = control_figures(*specs[i], *results[i], context.companions_oversubscribed[i - 1]);
    one.oversubscribed = context.companions_oversubscribed[i - 1];
    one.edges_throughput_per_s.reset();
    one.timeline_file.clear();
    const Neighbours others = all_but(i, specs, results);
    json companion = line_of_one(*specs[i], *results[i], beside(one, *specs[i], *results[i], others), others);
    companion["concurrent"] = line.at("concurrent");
    companion.erase("record");
    line["companions"].push_back(std::move(companion));
  }
  return line;
}

}  // namespace fairground::record
