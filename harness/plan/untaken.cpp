#include "plan/untaken.hpp"

#include <utility>

namespace fairground::plan {

std::map<std::string, std::set<std::string>> untaken(const std::vector<Point>& points,
                                                     const std::vector<const WorkloadInfo*>& workloads) {
  std::set<std::pair<std::string, std::string>> set;  // (control, key)
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const ParameterInfo& p : workloads[i]->parameters) {
      const auto value = points[i].parameters.find(p.key);
      if (value != points[i].parameters.end() && *value != p.default_value) set.emplace(workloads[i]->control, p.key);
    }
  }
  std::map<std::string, std::set<std::string>> found;
  for (const WorkloadInfo* w : workloads) {
    for (const auto& [control, key] : set) {
      if (!control.empty() && control == w->control && w->parameter(key) == nullptr) found[key].insert(w->id);
    }
  }
  return found;
}

}  // namespace fairground::plan
