// fairground stress.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace fairground::cli {

void add_stress_command(CLI::App&, int& exit_code, const std::vector<std::string>& argv);

}  // namespace fairground::cli
