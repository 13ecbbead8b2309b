// `fairground describe`: all that a plugin says of one workload.
#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "cli/style.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

void add_describe_command(CLI::App& app, int& exit_code);

// A page for people, at most 100 columns.
std::vector<Line> describe_lines(const plan::WorkloadInfo&, const Style&);

}  // namespace fairground::cli
