// One run: blocks of points in random order, control trials where they are needed, and the record of all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "cli/attempt.hpp"
#include "cli/terminal.hpp"
#include "load/scan.hpp"
#include "machine/machine.hpp"
#include "plan/point.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {

struct RunPlan {
  machine::Machine machine;
  std::vector<load::Library> libraries;
  std::vector<plan::Point> points;
  unsigned trials = 6;  // blocks
  std::uint64_t seed = 0;
  std::string run_id;
  std::filesystem::path folder;
  std::string shown_folder;  // as a person would type it
  std::vector<std::string> argv;
  bool json = false;  // the record's lines go to standard output too
};

// Runs it all and writes the record. Returns the exit code: 0; 1 if a trial failed, crashed or hung, a finding was not
// expected, or no trial could run; 130 if it was interrupted (the record is complete then too).
// Throws UserError: a single point whose places the machine can't give, a folder that can't be written to, a full disk.
int run_session(const RunPlan&, const TrialRunner&, Terminal&, const std::function<bool()>& interrupted);

// All workloads of the libraries; of those with the same id the first counts.
std::vector<plan::WorkloadInfo> all_workloads(const std::vector<load::Library>&);

}  // namespace fairground::cli
