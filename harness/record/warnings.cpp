#include "record/warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "record/lines.hpp"

namespace fairground::record {

namespace {

constexpr std::array table = std::to_array<Warning>({
    // What the machine is.
    {"clock-monotonic",
     "The kernel does not trust this machine's time-stamp counter, so stamps go through clock_gettime.",
     "Expect stamps to cost more; on a virtual machine, ask for a stable time-stamp counter."},
    {"governor", "The CPU frequency governor is not 'performance', so the frequency follows the load.",
     "Set it for the run: cpupower frequency-set -g performance."},
    {"no-frequency", "This machine does not show its CPU frequency, so changes of it go unseen.",
     "Repeat runs at other times before trusting small differences."},
    {"no-schedstat",
     "A worker's run delay (/proc/PID/schedstat) could not be read, so starvation by the resource can't be told "
     "from starvation by the scheduler.",
     "Use a kernel built with CONFIG_SCHED_INFO, and allow a descriptor a worker (ulimit -n)."},
    {"no-realtime", "The supervisor could not run at SCHED_FIFO, so windows and samples may be milliseconds late.",
     "Run as root, or allow it: setcap cap_sys_nice+ep on the program, or 'ulimit -r 1'."},
    // How Fairground was built, and what could not be loaded.
    {"debug-build", "Fairground and its workloads were built without optimisation or with assertions.",
     "Measure with the release preset: cmake --preset release."},
    {"sanitized-build", "Fairground and its workloads were built with sanitizers, which change every time.",
     "Use it to find bugs; measure with the release preset."},
    {"plugin-not-loaded", "A plugin on the search path could not be loaded, so its workloads are missing.",
     "Rebuild it against this Fairground, or take it off FAIRGROUND_PLUGIN_PATH."},
    // What disturbed a trial.
    {"steal-time", "The hypervisor took CPU time away during a trial.",
     "Repeat when the host is quieter, or on a machine of your own."},
    {"machine-busy", "Other programs used more than a tenth of all units' time during a trial.",
     "End those programs, or repeat when they have ended: shares and gaps are partly due to them."},
    {"window-late", "The measured window ended late, because the supervisor got no processing unit in time.",
     "Let it run at SCHED_FIFO (see no-realtime), or leave it a unit; rates use the real length."},
    {"snapshot-wide", "The counters were not read at one moment: the snapshot took long, even when taken again.",
     "Measure longer, so that its width matters less, or leave the supervisor a unit."},
    {"opening-deadline",
     "Not every contender had completed 2 operations when the warm-up's deadline passed, so the window "
     "opened without them.",
     "See the finding of starvation; a longer --warmup may help."},
    {"pinning-not-achieved", "A worker was allowed, or seen, on other processing units than it was pinned to.",
     "Look for a cpuset, a cgroup or a plugin that pins its threads itself."},
    {"oversubscribed", "There are more workers than places, so the scheduler decides who runs too.",
     "Compare with as many workers as places; gaps include time slices."},
    // What a trial can't tell.
    {"too-few-operations", "There were fewer than 100 operations a contender, so there is no minimum share.",
     "Measure longer (--time), or make the operation shorter."},
    {"few-operations", "There were fewer than 1,000 operations a contender, so chance alone lowers the minimum share.",
     "Hold it against random_minimum_share_ratio, or measure longer (--time)."},
    {"window-too-short",
     "The window is shorter than 20 rounds of the scheduler or than 10 longest gaps, so gaps were cut off.",
     "Read gaps as 'at least', or measure longer (--time)."},
    {"no-control",
     "A contended, oversubscribed workload names no control, so a round of the scheduler is estimated from its slices.",
     "Give the workload a control: the same work without the resource."},
    {"gaps-dropped", "There were more gaps of 1 ms than there was room for, so episodes are missing from the count.",
     "Read episodes as 'at least', or measure shorter (--time)."},
    {"counts-damaged", "The counters on the board make no sense: something wrote over them.",
     "Look for stray writes in the plugin; build it with AddressSanitizer."},
    {"expected-finding-absent", "A finding that the workload expects stayed away.",
     "Run more or longer trials, or more workers, before taking it for solved."},
    {"parameter-not-taken",
     "A parameter that was set is unknown to some of the workloads that are compared, and they ran without it.",
     "Compare only those that take it: fairground describe ID."},
    {"few-trials", "There are fewer than 6 trials of a point, so there is no interval.", "Run at least 6: --trials 6."},
});

using nlohmann::json;

std::string milliseconds(const json& ns) {
  return ns.is_number() ? fmt::format("{:.3g} ms", ns.get<double>() / 1e6) : "unknown";
}

std::string percent(const json& ratio) {
  if (!ratio.is_number()) return "unknown";
  const double percent = ratio.get<double>() * 100;
  return percent < 10 ? fmt::format("{:.2g} %", percent) : fmt::format("{:.0f} %", percent);
}

// Whose units read back, or seen, are not those that were planned.
std::string misplaced(const json& trial) {
  std::string out;
  for (const json& w : trial.at("per_worker")) {
    const auto units = [&](const char* key) {
      auto list = w.at(key).get<std::vector<unsigned>>();
      std::ranges::sort(list);
      return list;
    };
    const auto asked = units("units"), allowed = units("units_allowed"), seen = units("units_seen");
    if (asked.empty() || (allowed == asked && std::ranges::includes(asked, seen))) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("worker {} asked for {}, allowed {}, seen on {}", w.at("worker").get<unsigned>(),
                       fmt::join(asked, ","), fmt::join(allowed, ","), fmt::join(seen, ","));
  }
  return out;
}

double operations(const json& trial) {
  const json& contenders = trial.contains("per_contender") ? trial.at("per_contender") : trial.at("per_worker");
  double sum = 0;
  for (const json& c : contenders) sum += c.at("operations").get<double>();
  return sum / std::max<double>(1, static_cast<double>(contenders.size()));
}

// What a code says of this trial, in figures.
std::string detail_of(const std::string& code, const json& trial) {
  if (code == "window-late") return milliseconds(trial.at("lateness_ns")) + " late";
  if (code == "snapshot-wide") return milliseconds(trial.at("snapshot_ns")) + " wide";
  if (code == "steal-time") return percent(trial.at("environment").at("steal_ratio")) + " of all CPU time was stolen";
  if (code == "machine-busy")
    return percent(trial.at("environment").value("busy_ratio", json())) +
           " of all units' time was used, and not by it alone";
  if (code == "pinning-not-achieved") return misplaced(trial);
  if (code == "oversubscribed")
    return fmt::format("{} workers, {}", trial.at("workers").get<unsigned>(), trial.at("pin").get<std::string>());
  if (code == "few-operations" || code == "too-few-operations") {
    return fmt::format("{:.3g} operations a contender", operations(trial));
  }
  if (code == "window-too-short") {
    return fmt::format("longest gap {}, round {}, window {}", milliseconds(trial.at("metrics").at("longest_gap_ns")),
                       milliseconds(trial.at("episode_thresholds").at("round_ns")),
                       milliseconds(trial.at("window_ns")));
  }
  return "";
}

json line_of(const std::string& code, const std::string& detail) { return warning_line(code, detail); }

std::vector<json> of_trial(const json& trial) {
  std::vector<json> out;
  for (const json& code : trial.at("warnings")) {
    std::string detail = trial.at("workload").get<std::string>();
    if (const std::string more = detail_of(code.get<std::string>(), trial); !more.empty()) detail += ": " + more;
    out.push_back(line_of(code.get<std::string>(), detail));
    out.back()["trial"] = trial.at("trial");
  }
  return out;
}

std::vector<json> of_machine(const json& machine) {
  std::vector<json> out;
  const auto text = [&](const char* key) {
    return machine.contains(key) && machine.at(key).is_string() ? machine.at(key).get<std::string>() : std::string();
  };
  if (const std::string governor = text("governor"); governor.empty()) {
    out.push_back(line_of("no-frequency", "no cpufreq folder in /sys"));
  } else if (governor != "performance") {
    out.push_back(line_of("governor", governor));
  }
  const std::string clock = text("clock_source");
  if (text("architecture") != "aarch64" && !clock.empty() && clock != "tsc") {
    out.push_back(line_of("clock-monotonic", "clock source " + clock));
  }
  return out;
}

std::vector<json> of_build(const json& build) {
  std::vector<json> out;
  if (build.at("assertions").get<bool>() || build.at("build_type") == "Debug") {
    out.push_back(line_of("debug-build", build.at("build_type").get<std::string>()));
  }
  if (build.at("sanitizer").is_string()) {
    out.push_back(line_of("sanitized-build", build.at("sanitizer").get<std::string>()));
  }
  return out;
}

}  // namespace

std::span<const Warning> warnings() { return table; }

const Warning& warning(std::string_view code) {
  const auto found = std::ranges::find(table, code, &Warning::code);
  if (found == table.end()) throw std::logic_error(fmt::format("no warning has the code '{}'", code));
  return *found;
}

json warning_line(const std::string& code, const std::string& detail) {
  const Warning& w = warning(code);
  return {{"record", "warning"}, {"code", w.code}, {"cause", w.cause}, {"next", w.next}, {"detail", detail}};
}

std::vector<json> warnings_of(const json& line) {
  const std::string kind = line.at("record");
  if (kind == "trial") return of_trial(line);
  if (kind == "machine") return of_machine(line);
  if (kind == "build") return of_build(line);
  if (kind == "plugin" && line.at("error").is_string()) {
    return {
        line_of("plugin-not-loaded", line.at("path").get<std::string>() + ": " + line.at("error").get<std::string>())};
  }
  return {};
}

}  // namespace fairground::record
