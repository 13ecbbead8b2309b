#include "cli/chosen.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <random>
#include <set>

#include "base/error.hpp"
#include "cli/prepared.hpp"
#include "cli/session.hpp"
#include "plan/suite.hpp"

namespace fairground::cli {
namespace {

plan::RunOptions options_of(const PointArguments& a) {
  plan::RunOptions options;
  const auto give = [&](const char* name, const std::string& text) {
    if (!text.empty()) plan::give(options, name, text);
  };
  give("workers", a.workers);
  give("as", a.as);
  give("pin", a.pin);
  give("probes", a.probes);
  give("time", a.time);
  give("warmup", a.warmup);
  give("deadline", a.deadline);
  give("stutter", a.stutter);
  give("shuffle", a.shuffle);
  give("trials", a.trials);
  give("seed", a.seed);
  for (const std::string& setting : a.set) plan::give(options, "set", setting);
  for (const std::string& companion : a.with) plan::give(options, "with", companion);
  plan::check(options);
  return options;
}

std::vector<load::Library> ask_plugins(const std::vector<std::string>& named) {
  std::vector<load::Library> libraries = load::scan(named);
  load::refuse_unloadable(libraries);
  for (const load::Library& library : libraries) {
    for (const std::string& warning : library.warnings) fmt::print(stderr, "warning: {}\n", warning);
  }
  return libraries;
}

void default_workers(plan::RunOptions& options, const plan::RunOptions& command_line, std::size_t units) {
  if (options.workers.empty() && command_line.workers.empty()) plan::give(options, "workers", std::to_string(units));
}

std::string identity(const plan::Point& p) {
  return fmt::format("{}|{}|{}", plan::key_without_probes(p), p.probes, p.deadline_ns);
}

void append_new(std::vector<plan::Point>& points, const std::vector<plan::Point>& more, std::set<std::string>& seen) {
  for (const plan::Point& point : more) {
    if (seen.insert(identity(point)).second) points.push_back(point);
  }
}

// Points that the workloads themselves refuse; the controls' are looked at too, for a trial may need one.
void let_workloads_check(const Chosen& chosen, const std::vector<plan::WorkloadInfo>& workloads) {
  std::vector<plan::Point> all = chosen.points;
  std::set<std::string> seen;
  for (const plan::Point& point : chosen.points) {
    if (const auto control = control_of(point, workloads)) append_new(all, {*control}, seen);
    for (const plan::Companion& c : point.companions) append_new(all, {plan::alone(c, point)}, seen);
  }
  if (const std::optional<std::string> refused = load::check_points(all, chosen.libraries)) throw UserError(*refused);
}

}  // namespace

Chosen choose(const PointArguments& arguments) {
  plan::RunOptions given = options_of(arguments);
  std::vector<plan::Suite> suites;
  for (const std::string& name : arguments.names) {
    if (plan::is_suite_path(name))
      suites.push_back(plan::read_suite(name));
    else
      plan::give(given, "workload", name);
  }
  Chosen chosen;
  chosen.libraries = ask_plugins(arguments.plugins);
  chosen.machine = machine::discover();
  const std::vector<plan::WorkloadInfo> workloads = all_workloads(chosen.libraries);
  std::set<std::string> seen;
  if (!given.names.empty() || suites.empty()) {
    plan::RunOptions named = given;
    default_workers(named, given, chosen.machine.units.size());
    append_new(chosen.points, plan::expand(named, workloads), seen);
  }
  plan::RunOptions over = given;  // what the command line says of the suites' points
  over.names.clear();
  for (plan::Suite& suite : suites) {
    for (plan::RunOptions& point : suite.points) default_workers(point, over, chosen.machine.units.size());
    append_new(chosen.points, plan::expand(suite, over, workloads), seen);
    if (!given.trials) given.trials = suite.trials;
    if (!given.seed) given.seed = suite.seed;
  }
  chosen.trials = given.trials.value_or(plan::default_trials);
  chosen.seed = given.seed ? *given.seed : std::random_device{}() % 100'000;
  let_workloads_check(chosen, workloads);
  return chosen;
}

}  // namespace fairground::cli
