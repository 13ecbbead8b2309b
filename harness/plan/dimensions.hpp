// The options of a run that need no workload to be understood, each as the list of its values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/options.hpp"

namespace fairground::plan {

struct Dimensions {
  std::vector<unsigned> workers;
  std::vector<bool> as_processes;
  std::vector<std::string> pin, probes;
  std::vector<std::uint64_t> time_ns, warmup_ns, deadline_ns, stutter_ns, shuffle_ns;
};

// Defaults filled in, so that no list is empty but `probes`, whose default is the workload's. Throws UserError as
// check() says.
Dimensions dimensions_of(const RunOptions&);

// 1 ... 10,000. Throws UserError.
unsigned trials_of(const Given&);

// How a message begins: "--workers", or "tour.toml:4:12: workers".
std::string label(const Given&, std::string_view option);

}  // namespace fairground::plan
