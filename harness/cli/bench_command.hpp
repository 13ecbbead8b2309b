// `fairground bench`: the same workloads under Google Benchmark.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/bench_body.hpp"
#include "cli/chosen.hpp"

namespace fairground::cli {

void add_bench_command(CLI::App& app, int& exit_code);

// The benchmarks that come of the points, and a sentence for each point that can't be one: a team, workers that are
// processes, a workload that may hang on purpose, places that the machine can't give.
struct Benches {
  std::vector<BenchPoint> points;
  std::vector<std::string> left_out;
  std::uint64_t deadline_ns = 0;  // the longest of the points'
};
Benches benches_of(const Chosen&);

// Throws UserError for an argument that is no flag of Google Benchmark's.
void check_flags(const std::vector<std::string>& flags);

}  // namespace fairground::cli
