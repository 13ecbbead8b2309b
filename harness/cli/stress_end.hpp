// What a stress run ends with, for people.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/stress_tally.hpp"
#include "record/lines.hpp"

namespace fairground::cli {

struct StressEnd {
  std::map<std::string, std::vector<std::string>> bounded;  // "n up to 33": workloads
  std::map<std::string, unsigned> held_back;                // draws, by which limit
  std::vector<std::string> health;
  std::vector<record::Reproduction> reproductions;
  std::vector<std::string> not_looked_into;  // failures
  unsigned ended_late = 0;                   // trials that still ran some seconds after the time was over
  std::uint64_t elapsed_ns = 0;
  bool interrupted = false;
  std::string shown_folder;
  std::size_t workloads = 0;  // to be drawn
};

std::vector<Line> stress_end_lines(const StressTally&, const StressEnd&, const Style&);
// What failed, how often it was seen again, and the command that shows it.
std::vector<Line> reproduction_lines(const record::Reproduction&, const Style&);

}  // namespace fairground::cli
