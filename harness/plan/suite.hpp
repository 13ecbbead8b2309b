// Suite files: TOML whose [[point]] tables have the long options of `run` as keys.
//
//   name = "tour"
//   description = "one of each"
//   trials = 3
//   seed = 7
//
//   [[point]]
//   workload = ["locks", "sem-posix"]    # ids or families
//   workers = [2, 8]                     # every key takes a value or an array of them: a sweep
//   time = "500ms"                       # also: as pin probes warmup deadline stutter shuffle
//   companion = "memory:pin=with"        # what runs beside each of them: --with; several do so together, no sweep
//   set = { section = ["100ns", "1us"], permits = 2 }
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/options.hpp"

namespace fairground::plan {

struct Suite {
  std::string name;  // empty: not given
  std::string description;
  std::optional<unsigned> trials;
  std::optional<std::uint64_t> seed;
  std::vector<RunOptions> points;  // at least one, each with a workload
};

// Does this word on the command line mean a file, not a workload: it ends in .toml or has a slash.
bool is_suite_path(std::string_view word);

// `file` is only for messages. Throws UserError, "FILE:LINE:COLUMN: ...", for what is no TOML, an unknown key (with the
// nearest), a wrong type, a value that check() refuses. Names of workloads and parameters are checked by expand().
Suite parse_suite(std::string_view text, const std::string& file);

// Throws UserError also for a file that can't be read or is longer than 1 MiB.
Suite read_suite(const std::filesystem::path& file);

// All points of the suite, in its order; what the command line gives replaces what the suite says in each of them.
std::vector<Point> expand(const Suite&, const RunOptions& command_line, const std::vector<WorkloadInfo>&);

}  // namespace fairground::plan
