#include "cli/stress_resume.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "record/lines.hpp"
#include "record/warnings.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

const json* first_of(const record::StoredRun& run, const char* kind) {
  for (const json& line : run.lines) {
    if (line.value("record", "") == kind) return &line;
  }
  return nullptr;
}

// What can't be otherwise on the same machine, whatever was booted.
void check_machine(const json& then, const json& now, const std::string& folder) {
  for (const char* key : {"hostname", "architecture", "cpu_model", "packages", "cores", "units", "allowed_units"}) {
    if (then.value(key, json()) == now.value(key, json())) continue;
    throw UserError(
        fmt::format("The run in '{}' is of another machine ({} was {}, and is {}): it can only be gone on with there.",
                    folder, key, then.value(key, json()).dump(), now.value(key, json()).dump()));
  }
  // Another kernel keeps another part for itself, but not that much.
  const double memory = then.value("memory_bytes", 0.0), memory_now = now.value("memory_bytes", 0.0);
  if (std::abs(memory - memory_now) > memory / 16)
    throw UserError(
        fmt::format("The run in '{}' is of another machine (of {} of memory, and here are {}): it can only be "
                    "gone on with there.",
                    folder, human_bytes(memory), human_bytes(memory_now)));
}

// The build of a workload as the record has it: {version, sha256}, null if it has none.
json build_of(const record::StoredRun& run, const std::string& workload) {
  for (const json& line : run.lines) {
    if (line.value("record", "") != "plugin") continue;
    for (const json& w : line.value("workloads", json::array())) {
      if (w.value("id", "") == workload)
        return {{"version", w.value("version", json())}, {"sha256", line.value("sha256", json())}};
    }
  }
  return nullptr;
}

json build_of(const StressPlan& p, const plan::WorkloadInfo& w) {
  const auto library = std::ranges::find(p.libraries, w.plugin, &load::Library::path);
  return {{"version", w.version}, {"sha256", library == p.libraries.end() ? json() : json(library->sha256)}};
}

// Other code is another experiment, whatever it is called.
void check_build(const StressPlan& p, const record::StoredRun& run, const plan::WorkloadInfo& w) {
  const json then = build_of(run, w.id), now = build_of(p, w);
  if (then == now) return;
  const bool version = !then.is_object() || then["version"] != now["version"];
  throw UserError(fmt::format("The run in '{}' had another {} of {} than {}: go on with that one, or start a new run.",
                              p.shown_folder, version ? "version" : "build", in_quotes(w.id), w.plugin));
}

void check_left(const StressPlan& p, const machine::Limits& left) {
  const auto check = [&](const machine::Limit& then, const machine::Limit& now, const char* what, bool bytes) {
    if (then.value <= now.value) return;
    const auto text = [&](std::uint64_t n) { return bytes ? human_bytes(static_cast<double>(n)) : std::to_string(n); };
    throw UserError(fmt::format("The run in '{}' may take {} {}, and {} leaves {} now: free some, or start a new run.",
                                p.shown_folder, text(then.value), what, now.by, text(now.value)));
  };
  check(p.limits.memory_bytes, left.memory_bytes, "of memory", true);
  check(p.limits.disk_bytes, left.disk_bytes, "of disk", true);
  check(p.limits.descriptors, left.descriptors, "descriptors", false);
  check(p.limits.processes, left.processes, "processes and threads", false);
}

// What was asked for last: each part of a run may have been given more time.
std::uint64_t for_ns_of(const record::StoredRun& run, const json& stress) {
  auto for_ns = stress.value("for_ns", std::uint64_t{0});
  for (const json& line : run.lines) {
    if (line.value("record", "") == "header" && line.contains("stress"))
      for_ns = line["stress"].value("for_ns", for_ns);
  }
  return for_ns;
}

// From each header to the end of the last trial before the next.
std::uint64_t spent_ns(const record::StoredRun& run) {
  std::uint64_t sum = 0, begun = 0, ended = 0;
  const auto close = [&] { sum += ended > begun ? ended - begun : 0; };
  for (const json& line : run.lines) {
    const std::string kind = line.value("record", "");
    if (kind == "header") {
      close();
      begun = ended = line.value("started_realtime_ns", std::uint64_t{0});
    } else if (kind == "trial" && line.value("window_start_realtime_ns", json()).is_number()) {
      ended = std::max(
          ended, line["window_start_realtime_ns"].get<std::uint64_t>() + line.value("window_ns", std::uint64_t{0}));
    } else if (kind == "footer") {
      ended = std::max(ended, line.value("ended_realtime_ns", std::uint64_t{0}));
    }
  }
  close();
  return sum;
}

}  // namespace

void take_up(StressPlan& p, const std::vector<plan::WorkloadInfo>& all, const machine::Limits& left) {
  record::StoredRun run = record::read_run(p.folder);
  const json* plan_line = first_of(run, "plan");
  const json* machine = first_of(run, "machine");
  if (plan_line == nullptr || machine == nullptr)
    throw UserError(fmt::format("The run in '{}' ended before it began: start it anew.", p.shown_folder));
  if (!plan_line->contains("stress"))
    throw UserError(fmt::format("The record in '{}' is not that of a stress run.", p.shown_folder));
  check_machine(*machine, record::machine_line(p.machine), p.shown_folder);
  const json& stress = plan_line->at("stress");
  p.run_id = run.lines.front().value("run_id", "");
  p.seed = plan_line->value("seed", std::uint64_t{0});
  p.jobs = stress.value("jobs", 1u);
  p.processes = stress.value("processes", std::uint64_t{0});
  p.bounds.workers = stress.value("workers", 1u);
  p.bounds.pins = stress.value("pins", p.bounds.pins);
  set_memory(p, stress.value("memory_bytes", std::uint64_t{0}));
  p.bounds.disk_bytes = stress.value("disk_bytes", std::uint64_t{0});
  p.bounds.descriptors = stress.value("descriptors", std::uint64_t{0});
  p.limits.memory_bytes = {p.memory_bytes * p.jobs, "the record"};
  p.limits.disk_bytes = {p.bounds.disk_bytes * p.jobs, "the record"};
  p.limits.descriptors = {p.bounds.descriptors, "the record"};
  p.limits.processes = {p.processes * p.jobs, "the record"};
  for (const std::string& id : stress.value("workloads", std::vector<std::string>{})) {
    const auto found = std::ranges::find(all, id, &plan::WorkloadInfo::id);
    if (found == all.end())
      throw UserError(fmt::format("The run in '{}' has a workload {} that is not here: name its file with --plugin.",
                                  p.shown_folder, in_quotes(id)));
    check_build(p, run, *found);
    p.workloads.push_back(*found);
  }
  if (p.workloads.empty() || p.bounds.pins.empty())
    throw UserError(fmt::format("The record in '{}' does not say what was to be stressed.", p.shown_folder));
  check_left(p, left);
  p.until_failure = p.until_failure || stress.value("until_failure", false);
  if (p.for_ns == 0) p.for_ns = for_ns_of(run, stress);
  p.spent_ns = spent_ns(run);
  if (p.spent_ns >= p.for_ns)
    throw UserError(fmt::format("The run in '{}' has had its {}: give it more in all with --for.", p.shown_folder,
                                human_duration(static_cast<double>(p.spent_ns))));
  p.earlier = std::move(run);
}

json resumed_header(const StressPlan& p) {
  json header = record::header_line(p.argv, p.run_id);
  header["resumed"] = true;
  header["stress"] = {{"for_ns", p.for_ns}, {"until_failure", p.until_failure}};
  return header;
}

std::vector<json> unwritten_warnings(const record::StoredRun& run) {
  const auto is = [](const char* kind) { return [=](const json& line) { return line.value("record", "") == kind; }; };
  const auto behind = std::find_if(run.lines.rbegin(), run.lines.rend(), is("trial")).base();
  if (behind == run.lines.begin()) return {};
  std::vector<json> warnings = record::warnings_of(*std::prev(behind));
  const auto written = std::count_if(behind, run.lines.end(), is("warning"));
  warnings.erase(warnings.begin(), warnings.begin() + std::min<std::ptrdiff_t>(written, std::ssize(warnings)));
  return warnings;
}

std::set<std::uint64_t> finished_draws(const record::StoredRun& run) {
  std::set<std::uint64_t> finished;
  for (const json& line : run.lines) {
    if (line.value("record", "") == "trial" && line.value("role", "") == "measured" && line.contains("draw") &&
        line.value("status", "") != "interrupted")
      finished.insert(line["draw"].get<std::uint64_t>());
  }
  return finished;
}

}  // namespace fairground::cli
