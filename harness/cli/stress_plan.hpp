// What a stress run is told, found out before its first trial.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "load/scan.hpp"
#include "machine/limits.hpp"
#include "machine/machine.hpp"
#include "plan/draw.hpp"
#include "record/reader.hpp"

namespace fairground::cli {

struct StressPlan {
  machine::Machine machine;
  std::vector<load::Library> libraries;
  std::vector<plan::WorkloadInfo> workloads;  // that are drawn
  plan::DrawBounds bounds;                    // of one trial
  machine::Limits limits;                     // of all of them together, and who set each
  std::vector<std::string> lowered;           // what was asked for and is more than these allow, sentences
  std::uint64_t memory_bytes = 0;             // of one trial; one that takes more is ended
  std::uint64_t processes = 0;                // and threads, the same
  unsigned jobs = 1;                          // with --against: the two sides of a trial
  std::uint64_t for_ns = 0, seed = 0;
  bool until_failure = false;
  std::string run_id;
  std::filesystem::path folder;
  std::string shown_folder;  // as a person would type it
  std::vector<std::string> argv;
  bool json = false;                         // the record's lines go to standard output too
  std::optional<record::StoredRun> earlier;  // what is gone on with
  std::uint64_t spent_ns = 0;                // by it
};

// Options as they stand on the command line; those not given are empty.
struct StressArguments {
  std::vector<std::string> names, families, exclude, plugins;
  bool all = false, json = false, until_failure = false;
  std::string against;  // a subject, for which a neighbour is looked for
  std::string time, jobs, workers, oversubscribe, seed, memory, disk, out, resume;
};

// Throws UserError for all that can be wrong with that, and where the machine leaves less than a trial needs.
StressPlan stress_plan(const StressArguments&, const std::vector<std::string>& argv);

// The file of a workload that is not found by itself: what --plugin is to name.
std::vector<std::string> plugins_for(const StressPlan&, const plan::WorkloadInfo&);

// What a trial may take of memory, and, from that, what is drawn: less, for a trial takes some for itself.
void set_memory(StressPlan&, std::uint64_t bytes_of_one_trial);

// The plan line of the record: from it and the machine line the run can be gone on with.
nlohmann::json stress_plan_line(const StressPlan&);

}  // namespace fairground::cli
