// Descriptions of invented workloads, for the tests of this module only.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "plan/workload_info.hpp"

namespace fairground::plan {

inline ParameterInfo sample_parameter(const std::string& key, ParameterType type, nlohmann::json default_value,
                                      double minimum = 0, double maximum = 0) {
  ParameterInfo p;
  p.key = key;
  p.type = type;
  p.default_value = std::move(default_value);
  p.minimum = minimum;
  p.maximum = maximum;
  return p;
}

// Every type of parameter once: pool, whose `wait` works between processes with two of its three values.
inline std::vector<WorkloadInfo> sample_workloads() {
  WorkloadInfo pool;
  pool.id = "pool";
  pool.family = "storage";
  pool.control = "empty";
  pool.expects = {"starvation"};
  pool.capabilities = {"may-block", "processes"};
  pool.parameters = {sample_parameter("slots", ParameterType::integer, 4, 1, 64),
                     sample_parameter("block", ParameterType::size, 4096, 512, 1 << 20),
                     sample_parameter("hold", ParameterType::duration, 100, 0, 1e9),
                     sample_parameter("reads", ParameterType::ratio, 0.5, 0, 1),
                     sample_parameter("direct", ParameterType::boolean, false),
                     sample_parameter("wait", ParameterType::choice, "spin"),
                     sample_parameter("title", ParameterType::text, "none")};
  pool.parameters[5].choices = {"spin", "futex", "condition"};
  pool.parameters[5].processes = "spin,futex";
  pool.counters = {{"written_bytes", "bytes written"}};

  WorkloadInfo empty;
  empty.id = "empty";
  empty.family = "storage";
  empty.parameters = {sample_parameter("hold", ParameterType::duration, 100, 0, 1e9)};

  WorkloadInfo turn;
  turn.id = "turn";
  turn.family = "wheel";
  turn.capabilities = {"processes"};
  return {pool, empty, turn};
}

// The sentence of the UserError that f throws; empty if it throws none.
template <class F>
std::string sentence_of(F&& f) {
  try {
    f();
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

}  // namespace fairground::plan
