#include "plan/point.hpp"

namespace fairground::plan {

std::string key_without_probes(const Point& p) {
  return nlohmann::json{p.workload, p.parameters, p.workers, p.as_processes, p.pin, p.time_ns, p.warmup_ns}.dump();
}

}  // namespace fairground::plan
