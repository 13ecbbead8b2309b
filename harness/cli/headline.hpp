// The first thing said at the end of a run: who got starved, by how much, and what it cost. Rules over the rows; a
// sentence claims nothing that the numbers of the run don't carry.
#pragma once

#include <string>
#include <vector>

#include "cli/summary.hpp"

namespace fairground::cli {

// One or two sentences. The first is about the row with the least minimum share:
//   starved    a contender was starved (below 1 % of its entitlement, or never ran) in at least one trial; or the
//              minimum share is below one half by its interval, and the episodes by the resource are at least one a
//              trial by theirs;
//   unfair     the minimum share is below 0.8 by its interval, and below what random grants would give;
//   fair       nothing of that; says how far from fair the least fair point was;
//   otherwise  one contender each, too few operations, or nothing ran: it says which.
// Without an interval, every trial has to say so. The report goes by the same rules.
// The second, where there is one, is the price of fairness: among points that differ in their workload alone, the
// fairest (every trial at 0.9 or more) against the fastest, if the intervals of their throughput don't touch.
std::vector<std::string> headline(const std::vector<Row>&);

}  // namespace fairground::cli
