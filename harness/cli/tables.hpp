// The lines that a run leaves on the terminal or in a pipe: how it begins, one line per trial, and how it ended.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/neighbours.hpp"
#include "cli/style.hpp"
#include "cli/summary.hpp"

namespace fairground::cli {

struct RunFacts {
  std::string id;         // "7f3a"
  std::string record;     // its folder, as a person would type it
  std::string what;       // "7 workloads, 10 blocks of 1 s"
  std::string placement;  // "8 workers on 2 units, compact"
  std::uint64_t seed = 0;
  unsigned blocks = 1;
  unsigned trials = 1;           // those that serve others included
  std::uint64_t planned_ns = 0;  // all warm-ups and windows
};

struct TrialFacts {
  unsigned block = 0, trial = 0;  // from 0
  std::string label, group;
  std::string note;  // "as control of mutex"
  unsigned workers = 1;
  bool team = false;             // its contenders aren't its workers
  std::uint64_t planned_ns = 0;  // warm-up and window
};

struct WarningText {
  std::string code, detail, next;
};

struct RunEnd {
  std::vector<Row> rows;     // in the order of the points
  std::vector<Loss> losses;  // of points with companions
  unsigned trials = 0;       // run, controls included
  unsigned failed = 0;       // failed, crashed, hung, or with a finding that was not expected
  unsigned broken = 0;       // whose invariant was found broken, expected or not
  unsigned unsupported = 0;
  std::vector<std::string> warnings;  // codes, each once
  std::uint64_t elapsed_ns = 0;
  bool interrupted = false;
};

Line begin_line(const RunFacts&, const Style&);
Line warning_line(const WarningText&, const Style&);

// "19:31:26 block  1/10 trial  3/70 spin   391 k/s min-share 0.17 gap 904 ms starved: w5". `clock`: the time of day.
Line trial_line(const RunFacts&, const TrialFacts&, const nlohmann::json& line, const std::string& clock, const Style&);

// The headline, the table, the trials, the warnings, what to type next.
std::vector<Line> end_lines(const RunFacts&, const RunEnd&, const Style&);

}  // namespace fairground::cli
