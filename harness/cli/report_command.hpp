// `fairground plot` and `fairground report`: Python programs of their own, run in this one's place.
#pragma once

#include <CLI/CLI.hpp>

namespace fairground::cli {

// All that follows the command's name goes to the program as it is, --help too; its exit code is ours.
void add_report_command(CLI::App& app, int& exit_code);
void add_plot_command(CLI::App& app, int& exit_code);

}  // namespace fairground::cli
