// What the plugins bring, for the commands that show it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/style.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

// Scans, with these files named; one line on standard error for everything that was left out.
// Throws UserError if a named one can't be loaded.
std::vector<plan::WorkloadInfo> catalogue(const std::vector<std::string>& named);

// Onto standard output. Throws UserError if it doesn't get there (a full disk), but for a reader that went away.
void print_lines(const std::vector<Line>&);
void print_json(const nlohmann::json&);

}  // namespace fairground::cli
