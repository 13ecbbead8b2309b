// The process in which Google Benchmark runs workloads; what it is to run, and how that reaches it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fairground::cli {

struct BenchPoint {
  std::string name;      // of the benchmark, without the number of threads
  std::string plugin;    // file
  std::string workload;  // id
  nlohmann::json parameters = nlohmann::json::object();
  unsigned workers = 1;
  std::vector<std::vector<unsigned>> places;  // one per worker: OS indexes; empty: not pinned
  std::uint64_t seed = 0;
};

nlohmann::json to_json(const std::vector<BenchPoint>&);
std::vector<BenchPoint> bench_points_from_json(const nlohmann::json&);

// The entry point, reached through the hidden argument --bench-body POINTS NEWS FOLDER: a descriptor with the points,
// one to tell how far it is (bench_news.hpp), and a folder for scratch files, which somebody else removes. The other
// arguments are Google Benchmark's. Returns the exit code: 0; 1 if a workload failed; 2 for arguments that Google
// Benchmark refuses, or output that can't be written.
int bench_main(int argc, char** argv);

}  // namespace fairground::cli
