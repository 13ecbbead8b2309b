// What `stress` runs next: draw k is a function of a seed, k, the chosen workloads and bounds alone, so that any of
// them can be drawn again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/point.hpp"
#include "plan/workload_info.hpp"

namespace fairground::plan {

// One trial of a stress run.
struct Draw {
  Point point;
  std::uint64_t seed = 0;              // the --seed of a run whose first trial is this one
  std::vector<std::string> held_back;  // by which bounds: memory, disk, descriptors
};

inline constexpr std::uint64_t spare_descriptors = 64;  // of a trial, beside those of its workers and connections
inline constexpr std::uint64_t worker_descriptors = 3;  // its schedstat, and some of its own

// What every draw keeps to. All sizes are of one trial.
struct DrawBounds {
  unsigned workers = 1;
  std::vector<std::string> pins{"compact"};  // policies that the machine can give
  std::uint64_t memory_bytes = UINT64_MAX, disk_bytes = UINT64_MAX, descriptors = UINT64_MAX;
  std::uint64_t least_time_ns = 50'000'000, most_time_ns = 500'000'000;
};

// Draw k. Workloads come in shuffled decks: k / n is the deck and k % n the place in it, so each is drawn once in n.
// The rest is drawn for itself: of numbers the default and both ends have a chance of their own, what is between is as
// likely on a logarithmic scale (a ratio: a plain one). One number goes as far as its schema and the bounds let it (a
// duration seldom beyond 5 ms), the others end at some ten times their default. A text is its default. Another
// `attempt` keeps the workload and draws all else anew. Parameters of type size times workers stay within the memory,
// of a workload with files within the disk; parameters that count connections within the descriptors: their upper end
// is lowered, then the number of workers. workloads: at least one.
Draw draw(const std::vector<WorkloadInfo>& workloads, const DrawBounds&, std::uint64_t seed, std::uint64_t k,
          unsigned attempt = 0);

// Do these values, with so many workers, keep to the bounds?
bool keeps_to(const DrawBounds&, const WorkloadInfo&, const nlohmann::json& parameters, unsigned workers);
// The largest value of a number with which they do, the others being as they are.
double most_within(const DrawBounds&, const WorkloadInfo&, const ParameterInfo&, const nlohmann::json& parameters,
                   unsigned workers);

// The command that shows a draw again: "fairground run ID --set ... --trials 3".
// Parameters at their default are left out. plugins: for --plugin.
std::string run_line(const Draw&, const WorkloadInfo&, const std::vector<std::string>& plugins);

}  // namespace fairground::plan
