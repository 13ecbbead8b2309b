// What `run` may be told, by the command line and by a suite file alike, and the points that come of it.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/point.hpp"
#include "plan/workload_info.hpp"

namespace fairground::plan {

inline constexpr std::int64_t most_trials = 10'000;
inline constexpr std::size_t most_points = 100'000;
inline constexpr unsigned default_trials = 6;

// A value as it was given: text from the command line, a typed value from a suite file, and where that stands
// ("tour.toml:4:12"; empty: the command line).
struct Given {
  nlohmann::json value;
  std::string where;
};

// One parameter with the values to sweep.
struct Setting {
  std::string key;
  std::string where;
  std::vector<Given> values;
};

// Empty: not given, so that the default of Point holds. Several values: a sweep.
struct RunOptions {
  std::vector<Given> names;  // ids and families of workloads
  std::vector<Setting> set;
  std::vector<Given> workers, as, pin, probes, time, warmup, deadline, stutter, shuffle;
  std::vector<Given> companions;  // all of them beside each point: no sweep
  std::optional<unsigned> trials;
  std::optional<std::uint64_t> seed;
};

// The options that are lists of values, by the name that they have on the command line and in suite files.
struct ListOption {
  std::string_view name;
  std::vector<Given> RunOptions::*values;
};
inline constexpr std::array<ListOption, 11> list_options{{{"workload", &RunOptions::names},
                                                          {"workers", &RunOptions::workers},
                                                          {"as", &RunOptions::as},
                                                          {"pin", &RunOptions::pin},
                                                          {"probes", &RunOptions::probes},
                                                          {"time", &RunOptions::time},
                                                          {"warmup", &RunOptions::warmup},
                                                          {"deadline", &RunOptions::deadline},
                                                          {"stutter", &RunOptions::stutter},
                                                          {"shuffle", &RunOptions::shuffle},
                                                          {"companion", &RunOptions::companions}}};

// Take one option as the command line has it, without its dashes: give(o, "workers", "1,2,4"),
// give(o, "set", "section=100ns,1us"), give(o, "workload", "mutex"), give(o, "with", "memory:workers=2,pin=with"),
// which is taken whole. Throws UserError for an option that is none,
// a parameter set twice, trials and seed that are no numbers in range.
void give(RunOptions&, std::string_view option, std::string_view text);

// Throws UserError for a value that can't be right whatever the workload: workers outside 1 ... 65,536, `as` other than
// threads and processes, a misspelt policy, an unknown level of probes, times out of range (time 1 ms ... 24 h,
// warmup 0 ... 1 h, deadline 10 ms ... 24 h, stutter and shuffle 0 or 1 ms ... 1 h).
void check(const RunOptions&);

// What `over` gives replaces what `base` gave, parameters one by one.
RunOptions overridden(RunOptions base, const RunOptions& over);

// Every combination of workload, parameters, workers, as, pin, probes, times, stutter and shuffle, in this order, the
// last varying fastest; parameters that were not given have their defaults. A name is an id, else a family; a workload
// named twice counts once. A parameter is set where a workload has it, and must be known to at least one of those
// named. A point that needs processes where its workload or a value can't work between them is kept and says so in
// `unsupported`. Where there are companions, `edges` is the only level of probes unless others were asked for. Throws
// UserError: what check() throws, what companion() throws, no name, an unknown name or parameter (with the nearest), a
// value that the schema refuses, more than 100,000 points.
std::vector<Point> expand(const RunOptions&, const std::vector<WorkloadInfo>&);

// Why this workload can't run between processes with these parameters, all of its schema; empty: it can.
std::string why_no_processes(const WorkloadInfo&, const nlohmann::json& parameters);

// The workload with this id. Throws UserError with the nearest names; `where` as in Given.
const WorkloadInfo& find(const std::vector<WorkloadInfo>&, const std::string& id, const std::string& where = "");

}  // namespace fairground::plan
