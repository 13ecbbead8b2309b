// How the points of a run are called in tables: by their workload, and by whatever else differs between them.
#pragma once

#include <string>
#include <vector>

#include "plan/point.hpp"
#include "plan/workload_info.hpp"

namespace fairground::cli {

struct Label {
  std::string text;     // "mutex", "mutex ×8 critical=1us"
  std::string variant;  // what follows the workload: points with the same one differ in their workload alone
};

// One per point. `workloads[i]` is that of points[i].
std::vector<Label> labels(const std::vector<plan::Point>& points,
                          const std::vector<const plan::WorkloadInfo*>& workloads);

// "1 trial", "6 trials".
std::string counted(std::size_t n, const std::string& noun);
// Of trials whose workload says that it breaks its invariant.
std::string broke_as_expected(std::size_t trials);
// What runs where, over all points: "8 workers on 2 units, compact"; "1 to 8 workers on up to 4 units, compact and
// scatter"; "2 workers, not pinned".
struct Placement {
  unsigned workers = 1;
  std::vector<std::vector<unsigned>> places;  // empty: not pinned
  std::string pin;
};
std::string placement(const std::vector<Placement>& points);

}  // namespace fairground::cli
