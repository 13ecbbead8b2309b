// Going on with a stress run that was cut short.
#pragma once

#include <cstdint>
#include <set>

#include "cli/stress_plan.hpp"

namespace fairground::cli {

// Read the record in plan.folder and take from it what the run was told; `all`: the workloads there are now. Throws
// UserError for a folder without a record, one of another command or of another machine, one whose workloads are not
// all there any more, or have another version, and one whose time is over where plan.for_ns gives no more.
void take_up(StressPlan&, const std::vector<plan::WorkloadInfo>& all);

// The draws that were finished.
std::set<std::uint64_t> finished_draws(const record::StoredRun&);

}  // namespace fairground::cli
