// What the supervisor knows of a workload: the plugin's description as plain data, with no pointer into the plugin.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fairground::plan {

enum class ParameterType { integer, size, duration, ratio, boolean, choice, text };

struct ParameterInfo {
  std::string key;
  ParameterType type = ParameterType::integer;
  nlohmann::json default_value;  // integer (bytes, ns), number, bool or string
  double minimum = 0;
  double maximum = 0;
  std::vector<std::string> choices;
  std::string unit;
  std::string help;
  std::string processes;  // values that work across processes, comma-separated; empty: all
  std::string fair;       // values with which a promise of fairness is kept, likewise
};

struct CounterInfo {
  std::string key;
  std::string help;
};

struct WorkloadInfo {
  std::string id, family, group, control, summary, operation, invariant;
  std::string kind = "each";              // or "team"
  std::vector<std::string> expects;       // kinds of findings
  std::vector<std::string> capabilities;  // may-block may-hang processes network database files contended
  bool promises_fairness = false;         // but for values of parameters that are not `fair`
  std::uint32_t version = 1;
  std::string plugin;  // path of the shared object
  std::vector<ParameterInfo> parameters;
  std::vector<CounterInfo> counters;

  [[nodiscard]] bool has(const std::string& capability) const;
  [[nodiscard]] const ParameterInfo* parameter(const std::string& key) const;  // NULL: there is none
  [[nodiscard]] nlohmann::json defaults() const;                               // of all parameters: key -> typed value
  // Does it promise fairness with these parameters, all of them?
  [[nodiscard]] bool promises_fairness_with(const nlohmann::json& parameters) const;
};

// Is a promise of fairness kept with that value?
bool is_fair(const ParameterInfo&, const nlohmann::json& value);

// The shape of `list --json` (without parameters) and of `describe --json` (with them). from_json wants the latter.
nlohmann::json to_json(const WorkloadInfo&, bool with_parameters);
WorkloadInfo workload_from_json(const nlohmann::json&);

}  // namespace fairground::plan
