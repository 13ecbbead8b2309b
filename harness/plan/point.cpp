#include "plan/point.hpp"

#include <algorithm>

namespace fairground::plan {

std::uint32_t probe_level(const std::string& name) {
  const auto at = std::find(probe_levels.begin(), probe_levels.end(), name);
  return at == probe_levels.end() ? 0 : static_cast<std::uint32_t>(at - probe_levels.begin());
}

Point alone(const Companion& c, const Point& beside) {
  Point p = alone(beside);
  p.workload = c.workload;
  p.parameters = c.parameters;
  p.workers = c.workers;
  p.as_processes = c.as_processes;
  p.pin = c.pin;
  p.stutter_ns = p.shuffle_ns = 0;  // only the measured one is disturbed
  p.probes = Point{}.probes;
  p.unsupported = c.unsupported;
  return p;
}

Point alone(Point p) {
  p.companions.clear();
  return p;
}

std::string key_without_probes(const Point& p) {
  nlohmann::json companions = nlohmann::json::array();
  for (const Companion& c : p.companions)
    companions.push_back({c.workload, c.parameters, c.workers, c.as_processes, c.pin});
  return nlohmann::json{p.workload, p.parameters, p.workers,    p.as_processes, p.pin,
                        p.time_ns,  p.warmup_ns,  p.stutter_ns, p.shuffle_ns,   companions}
      .dump();
}

}  // namespace fairground::plan
