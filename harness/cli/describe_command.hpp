// `fairground describe`: all that a plugin says of one workload.
#pragma once

#include <CLI/CLI.hpp>
#include <vector>

#include "cli/style.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

void add_describe_command(CLI::App& app, int& exit_code);

// A page for people, at most 100 columns.
// plugins: files that were named, for the line that runs it.
std::vector<Line> describe_lines(const plan::WorkloadInfo&, const Style&, const std::vector<std::string>& plugins = {});

}  // namespace fairground::cli
