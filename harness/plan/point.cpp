#include "plan/point.hpp"

#include <algorithm>

namespace fairground::plan {

std::uint32_t probe_level(const std::string& name) {
  const auto at = std::find(probe_levels.begin(), probe_levels.end(), name);
  return at == probe_levels.end() ? 0 : static_cast<std::uint32_t>(at - probe_levels.begin());
}

std::string key_without_probes(const Point& p) {
  return nlohmann::json{p.workload, p.parameters, p.workers, p.as_processes, p.pin, p.time_ns, p.warmup_ns}.dump();
}

}  // namespace fairground::plan
