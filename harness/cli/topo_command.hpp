// fairground topo: the machine as a person would draw it, and where workers would go on it.
#pragma once

#include <CLI/CLI.hpp>

namespace fairground::cli {

// Adds the subcommand to the program. What it refuses leaves app.parse() as a UserError. `exit_code` outlives the
// parse.
void add_topo_command(CLI::App& app, int& exit_code);

}  // namespace fairground::cli
