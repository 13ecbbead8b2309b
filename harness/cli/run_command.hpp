// `fairground run`: measure workloads, and record who got to do how much.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace fairground::cli {

// `argv`: the whole command line, for the record.
void add_run_command(CLI::App& app, int& exit_code, const std::vector<std::string>& argv);

}  // namespace fairground::cli
