#include "cli/stress_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/run_folder.hpp"
#include "cli/session.hpp"
#include "cli/stress_resume.hpp"
#include "load/scan.hpp"
#include "machine/pinning.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"
#include "record/lines.hpp"
#include "trial/body.hpp"

namespace fairground::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using plan::WorkloadInfo;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t least_memory = 24 * mib;  // of a trial: its program, libraries and stacks
constexpr std::uint64_t least_disk = mib;         // and its line in the record
constexpr std::uint64_t worker_memory = mib;      // of a worker, beside its parameters
constexpr unsigned default_jobs = 2;
constexpr double default_oversubscribe = 4;
constexpr unsigned most_jobs = 64;

std::uint64_t whole(const std::string& text, double minimum, double maximum, const char* option) {
  return plan::parse_value(plan::option_schema(plan::ParameterType::integer, minimum, maximum), text, option)
      .get<std::uint64_t>();
}

// Broken on purpose, or may never end: only for those who ask for it by name.
bool only_by_name(const WorkloadInfo& w) {
  return w.has("may-hang") ||
         std::ranges::any_of(w.expects, [](const std::string& kind) { return kind != "starvation"; });
}

std::vector<std::string> ids(const std::vector<WorkloadInfo>& all) {
  std::vector<std::string> out;
  for (const WorkloadInfo& w : all) out.push_back(w.id);
  return out;
}

void check_name(const std::string& name, const std::vector<WorkloadInfo>& all, bool families_only, const char* where) {
  std::set<std::string> known;
  for (const WorkloadInfo& w : all) {
    known.insert(w.family);
    if (!families_only) known.insert(w.id);
  }
  if (known.contains(name)) return;
  const std::vector<std::string> near = nearest({known.begin(), known.end()}, name);
  throw UserError(fmt::format("{}There is no {} {}: {}`fairground list` shows all.", where,
                              families_only ? "family" : "workload or family", in_quotes(name),
                              near.empty() ? "" : fmt::format("did you mean {}? ", or_list(near))));
}

std::vector<WorkloadInfo> choose(const StressArguments& a, const std::vector<WorkloadInfo>& all) {
  const bool all_by_default = !a.against.empty();
  if (a.names.empty() && a.families.empty() && !a.all && !all_by_default)
    throw UserError("Say what to stress: workloads, families, or --all; `fairground list` shows what there is.");
  for (const std::string& name : a.names) check_name(name, all, false, "");
  for (const std::string& name : a.families) check_name(name, all, true, "--family: ");
  for (const std::string& name : a.exclude) check_name(name, all, false, "--exclude: ");
  const auto within = [](const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
  };
  std::vector<WorkloadInfo> chosen;
  for (const WorkloadInfo& w : all) {
    if (within(a.exclude, w.id) || within(a.exclude, w.family)) continue;
    const bool named = within(a.names, w.id);
    const bool meant = named || a.all || (all_by_default && a.names.empty() && a.families.empty()) ||
                       within(a.names, w.family) || within(a.families, w.family);
    if (meant && (named || !only_by_name(w))) chosen.push_back(w);
  }
  if (chosen.empty())
    throw UserError("Nothing is left to stress: all that was named is excluded, or is broken on purpose.");
  return chosen;
}

std::vector<std::string> possible_pins(const machine::Machine& m) {
  std::vector<std::string> wanted{"compact", "scatter", "cores", "siblings", "performance", "efficient", "none"};
  std::set<unsigned> nodes;
  for (const machine::Unit& unit : m.units) nodes.insert(unit.node_os_index);
  if (nodes.size() > 1) {
    for (const unsigned node : nodes) wanted.push_back(fmt::format("node:{}", node));
  }
  wanted.push_back(fmt::format("units:{}", m.units.back().os_index));  // a crowd on a single one
  std::vector<std::string> pins;
  for (const std::string& policy : wanted) {
    try {
      machine::plan(m, policy, 1);
      pins.push_back(policy);
    } catch (const UserError&) {  // this machine can't
    }
  }
  return pins;
}

[[noreturn]] void too_little(const char* what, const std::string& left, const std::string& by,
                             const std::string& need) {
  throw UserError(fmt::format("A trial needs {}, and {} leaves {} {}.", need, by, left, what));
}

void check_least(const machine::Limits& l) {
  if (l.memory_bytes.value < least_memory)
    too_little("of memory", human_bytes(static_cast<double>(l.memory_bytes.value)), l.memory_bytes.by, "24 MiB");
  if (l.disk_bytes.value < least_disk)
    too_little("of disk", human_bytes(static_cast<double>(l.disk_bytes.value)), l.disk_bytes.by, "1 MiB");
  if (l.descriptors.value < load::least_descriptors)
    too_little("descriptors", std::to_string(l.descriptors.value), l.descriptors.by,
               fmt::format("{} descriptors", load::least_descriptors));
  if (l.processes.value < 12)
    too_little("processes", std::to_string(l.processes.value), l.processes.by, "12 processes and threads");
}

// What was asked for, and the limits that it is held to.
class Holding {
 public:
  Holding(std::uint64_t wanted, const char* what, bool asked)
      : value_(wanted), wanted_(wanted), what_(what), asked_(asked) {}
  void to(std::uint64_t most, const char* of, const machine::Limit& limit) {
    most = std::max<std::uint64_t>(1, most);
    if (most >= value_) return;
    value_ = most;
    by_ = fmt::format("{} ({})", of, limit.by);
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }
  [[nodiscard]] const std::string& by() const { return by_; }
  void say(std::vector<std::string>& lowered) const {
    if (asked_ && value_ < wanted_)
      lowered.push_back(
          fmt::format("{} of the {} {} asked for: the limit on {} leaves no more", value_, wanted_, what_, by_));
  }

 private:
  std::uint64_t value_, wanted_;
  const char* what_;
  bool asked_;
  std::string by_;
};

// What each trial may take, of what all may: fewer jobs where that would be too little.
void divide(StressPlan& p, const StressArguments& a, double oversubscribe) {
  const machine::Limits& l = p.limits;
  Holding jobs(p.jobs, "jobs", !a.jobs.empty());
  jobs.to(l.memory_bytes.value / least_memory, "memory", l.memory_bytes);
  jobs.to(l.disk_bytes.value / least_disk, "disk", l.disk_bytes);
  jobs.to(l.processes.value / 12, "processes", l.processes);
  jobs.to(l.descriptors.value / 50, "descriptors", l.descriptors);
  jobs.say(p.lowered);
  if (!a.against.empty() && jobs.value() < 2)
    throw UserError(fmt::format(
        "--against needs room for two beside each other, and the limit on {} leaves it for one.", jobs.by()));
  p.jobs = static_cast<unsigned>(jobs.value());
  const std::uint64_t units = std::max<std::uint64_t>(1, p.machine.quota_units.value_or(p.machine.units.size()));
  const auto crowd = static_cast<std::uint64_t>(oversubscribe * static_cast<double>(units));
  set_memory(p, l.memory_bytes.value / p.jobs);
  p.bounds.disk_bytes = l.disk_bytes.value / p.jobs;
  p.bounds.descriptors = std::min(l.descriptors.value, trial::most_descriptors);
  p.processes = l.processes.value / p.jobs;
  Holding workers(a.workers.empty()
                      ? std::clamp<std::uint64_t>(a.against.empty() ? crowd / p.jobs : crowd, 1, machine::max_workers)
                      : whole(a.workers, 1, machine::max_workers, "--workers"),
                  "workers", !a.workers.empty());
  workers.to(p.bounds.memory_bytes / worker_memory, "memory", l.memory_bytes);
  workers.to(p.processes - 8, "processes", l.processes);
  workers.to((p.bounds.descriptors - plan::spare_descriptors) / plan::worker_descriptors, "descriptors", l.descriptors);
  workers.say(p.lowered);
  p.bounds.workers = static_cast<unsigned>(workers.value());
}

machine::Limit part(const machine::Limit& left, std::uint64_t divisor, const char* words) {
  if (left.value == UINT64_MAX) return left;
  return {left.value / divisor, fmt::format("{} {}", words, left.by)};
}

std::uint64_t time_of(const StressArguments& a) {
  const double second = 1e9;
  return plan::parse_value(plan::option_schema(plan::ParameterType::duration, second, 1e6 * 3600 * second), a.time,
                           "--for")
      .get<std::uint64_t>();
}

// What was given must be what the record says: another run is no continuation.
void keep_to_record(const StressArguments& a) {
  const bool given = !a.names.empty() || !a.families.empty() || !a.exclude.empty() || a.all || !a.jobs.empty() ||
                     !a.workers.empty() || !a.oversubscribe.empty() || !a.seed.empty() || !a.memory.empty() ||
                     !a.disk.empty() || !a.out.empty();
  if (given)
    throw UserError(
        "--resume takes workloads, seed and limits from the record: give it alone, or with --for, --plugin, "
        "--until-failure and --json.");
}

}  // namespace

StressPlan stress_plan(const StressArguments& a, const std::vector<std::string>& argv) {
  StressPlan p;
  p.argv = argv;
  p.json = a.json;
  p.until_failure = a.until_failure;
  if (!a.time.empty()) p.for_ns = time_of(a);
  if (!a.resume.empty()) keep_to_record(a);
  if (!a.against.empty() && (!a.resume.empty() || !a.jobs.empty() || a.until_failure))
    throw UserError(
        "--against runs one trial at a time to the end: give it without --jobs, --resume and --until-failure.");
  if (a.resume.empty() && a.time.empty()) throw UserError("Say for how long: --for 10m.");
  const double oversubscribe = a.oversubscribe.empty()
                                   ? default_oversubscribe
                                   : plan::parse_value(plan::option_schema(plan::ParameterType::ratio, 1, 1000),
                                                       a.oversubscribe, "--oversubscribe")
                                         .get<double>();
  p.jobs = a.jobs.empty() ? default_jobs : static_cast<unsigned>(whole(a.jobs, 1, most_jobs, "--jobs"));
  plan::RunOptions seed;
  if (!a.seed.empty()) plan::give(seed, "seed", a.seed);
  p.seed = seed.seed ? *seed.seed : std::random_device{}() % 100'000;
  const RunFolder folder = run_folder(a.resume.empty() ? a.out : a.resume);
  p.run_id = folder.id;
  p.folder = folder.path;
  p.shown_folder = folder.shown;

  const machine::Limits left = machine::limits(p.folder);
  p.limits.memory_bytes = a.memory.empty() ? part(left.memory_bytes, 2, "half of")
                                           : machine::share_of(left.memory_bytes, a.memory, "--memory");
  p.limits.disk_bytes =
      a.disk.empty() ? part(left.disk_bytes, 4, "a quarter of") : machine::share_of(left.disk_bytes, a.disk, "--disk");
  p.limits.descriptors = left.descriptors;
  p.limits.processes = part(left.processes, 2, "half of");
  check_least(p.limits);  // before plugins are asked, which takes some of it as well

  p.libraries = load::scan(a.plugins);
  load::refuse_unloadable(p.libraries);
  p.machine = machine::discover();
  const std::vector<WorkloadInfo> all = all_workloads(p.libraries);
  if (!a.resume.empty()) {
    take_up(p, all, left);
    return p;
  }
  p.workloads = choose(a, all);
  p.bounds.pins = possible_pins(p.machine);
  divide(p, a, oversubscribe);
  return p;
}

std::vector<std::string> plugins_for(const StressPlan& p, const WorkloadInfo& w) {
  const auto library = std::ranges::find(p.libraries, w.plugin, &load::Library::path);
  return library != p.libraries.end() && library->asked_for ? std::vector{library->path} : std::vector<std::string>();
}

void set_memory(StressPlan& p, std::uint64_t bytes) {
  p.memory_bytes = bytes;
  p.bounds.memory_bytes = (bytes - std::min(bytes, least_memory / 2)) / 5 * 4;
}

json stress_plan_line(const StressPlan& p) {
  json line = record::plan_line(p.seed, {}, {});
  line["stress"] = {{"workloads", ids(p.workloads)},       {"for_ns", p.for_ns},
                    {"until_failure", p.until_failure},    {"jobs", p.jobs},
                    {"workers", p.bounds.workers},         {"pins", p.bounds.pins},
                    {"memory_bytes", p.memory_bytes},      {"disk_bytes", p.bounds.disk_bytes},
                    {"descriptors", p.bounds.descriptors}, {"processes", p.processes}};
  return line;
}

}  // namespace fairground::cli
