// `fairground list`: what there is to run, and what was left out when this was built.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/style.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

void add_list_command(CLI::App& app, int& exit_code);

// A table grouped by family, in the order of the alphabet, at most 100 columns.
std::vector<Line> list_lines(const std::vector<plan::WorkloadInfo>&, const Style&);

// A workload that was not built, and the Debian package that brings what it needs.
struct LeftOut {
  std::string workload, package;
};
const std::vector<LeftOut>& left_out();
std::vector<Line> missing_lines(const std::vector<LeftOut>&, const Style&);

}  // namespace fairground::cli
