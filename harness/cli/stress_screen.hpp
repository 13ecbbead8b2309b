// What a person sees of a stress run: on a terminal a screen redrawn in place, in a pipe a line every ten seconds; in
// both a line for each failure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/screen.hpp"
#include "cli/stress_plan.hpp"
#include "cli/stress_tally.hpp"

namespace fairground::cli {

// One trial that runs now.
struct RunningTrial {
  std::string label;  // "mutex ×8 threads, stutter"
  std::string group;
  std::string where;  // "PU 0-1"
  std::string phase;  // "measuring"
  std::uint64_t elapsed_ns = 0, total_ns = 0;
};

struct StressView {
  std::uint64_t elapsed_ns = 0, for_ns = 0;
  unsigned trials = 0, failed = 0, unsupported = 0;
  std::string doing;  // "running again alone" ...; empty: trials side by side
  std::vector<RunningTrial> running;
  std::vector<std::string> failures;  // the last of them
};

std::vector<Line> stress_lines(const StressView&, const Style&);
// "62 s of 600 s: 214 trials, 0 failed, 3 unsupported; now mutex ×8 on PU 0-1".
Line stress_plain_line(const StressView&, const Style&, const std::string& clock);
// What is run and what it may take, before the first trial.
std::vector<Line> stress_begin_lines(const StressPlan&, const Style&);

// "PU 0-1,3", "any": the units of all places together.
std::string places_text(const std::vector<std::vector<unsigned>>& places);

}  // namespace fairground::cli
