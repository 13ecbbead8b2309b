// fairground stress --against: the search for the neighbour that hurts a workload most, in trials and in words.
#pragma once

#include <functional>
#include <string>

#include "cli/screen.hpp"
#include "cli/session.hpp"
#include "cli/stress_plan.hpp"
#include "stats/metrics.hpp"

namespace fairground::cli {

// `subject`: ID:workers=2,pin=compact,key=value, as --with has it, with a pin of its own; default: a worker for each
// unit, compact. Its neighbours are plan.workloads. Writes the record, prints the `fairground run ... --with ...` line
// that shows what was found, with the slow-down and its interval. Returns the exit code: 0; 1 if a trial went wrong or
// nothing could be measured; 130 if it was interrupted. Throws UserError as run_session does, and for a subject that is
// none.
int run_against(const StressPlan&, const std::string& subject, const TrialRunner&, Screen&,
                const std::function<bool()>& interrupted);

// "is 2.41 times as slow (95 % interval 1.78 to 6.37)", from the parts of its throughput that a workload keeps: median
// and interval.
std::string slow_down_text(const stats::MedianInterval& kept);

}  // namespace fairground::cli
