// A point: one workload with one value of everything that can be swept. A run is blocks over shuffled points.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fairground::plan {

// Levels of probes, each with what the one before it records. Their number is fg_worker.probe_level.
inline constexpr std::array<const char*, 3> probe_levels{"edges", "sampled", "full"};
std::uint32_t probe_level(const std::string& name);  // its number; 0 for any other name

// A second workload, run beside the measured one in a trial process of its own, in the same window.
struct Companion {
  std::string text;  // as it was asked for: "memory:workers=2,pin=with"
  std::string workload;
  nlohmann::json parameters = nlohmann::json::object();
  unsigned workers = 1;
  bool as_processes = false;
  std::string pin = "with";  // relative to the measured one's units (machine::plan_beside), or a policy of its own
  std::string unsupported;
};

struct Point {
  std::string workload;                                  // id
  nlohmann::json parameters = nlohmann::json::object();  // all of the schema: key -> typed value (ns, bytes)
  unsigned workers = 1;
  bool as_processes = false;
  std::string pin = "compact";
  std::string probes = "edges";
  std::uint64_t time_ns = 1'000'000'000;
  std::uint64_t warmup_ns = 200'000'000;
  std::uint64_t deadline_ns = 10'000'000'000;  // for each phase but warm-up and measure
  std::uint64_t stutter_ns = 0;                // load on for so long, then off for as long; 0: always on
  std::uint64_t shuffle_ns = 0;                // workers change places so often; 0: never
  std::vector<Companion> companions;
  std::string unsupported;  // why this point can't be run as asked, known beforehand; empty: it can. Recorded, not run
};

// The companion as a point of its own: alone, with the times of the point that it is run beside.
Point alone(const Companion&, const Point& beside);
// The point without its companions.
Point alone(Point);

// Equal for points that differ in their probe level (or deadline) alone.
std::string key_without_probes(const Point&);

}  // namespace fairground::plan
