// Which parameters were set for some workloads and are unknown to others that are compared with them?
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/point.hpp"
#include "plan/workload_info.hpp"

namespace fairground::plan {

// By key, the ids of the workloads that lack it, where another with the same control has it at another value than its
// default: a reader would take their points for equal. Of each point `workloads` holds the description, in their order.
std::map<std::string, std::set<std::string>> untaken(const std::vector<Point>& points,
                                                     const std::vector<const WorkloadInfo*>& workloads);

}  // namespace fairground::plan
