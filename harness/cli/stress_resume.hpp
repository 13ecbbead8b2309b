// Going on with a stress run that was cut short.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "cli/stress_plan.hpp"

namespace fairground::cli {

// Read the record in plan.folder and take from it what the run was told; `all`: the workloads there are now; `left`:
// what the machine leaves now. Throws UserError for a folder without a record, one of another command or of another
// machine, one whose workloads are not all there any more, or are of another build, one that was allowed more than is
// left, and one whose time is over where plan.for_ns gives no more.
void take_up(StressPlan&, const std::vector<plan::WorkloadInfo>& all, const machine::Limits& left);

// What the record goes on with: a header that says so, and what is now asked for.
nlohmann::json resumed_header(const StressPlan&);

// The warnings that its last trial had no time left to write.
std::vector<nlohmann::json> unwritten_warnings(const record::StoredRun&);

// The draws that were finished.
std::set<std::uint64_t> finished_draws(const record::StoredRun&);

}  // namespace fairground::cli
