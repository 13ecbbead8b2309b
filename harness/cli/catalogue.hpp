// What the plugins bring, for the commands that show it.
#pragma once

#include <string>
#include <vector>

#include "load/scan.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

// Scans, with these files named; one line on standard error for everything that was left out.
// Throws UserError if a named one can't be loaded.
std::vector<plan::WorkloadInfo> catalogue(const std::vector<std::string>& named);

// Writes it to standard output. Throws SystemError if it doesn't get there, but for a reader that went away.
void print_json(const nlohmann::json&);

}  // namespace fairground::cli
