#include "plan/workload_info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"
#include "plan/parameter.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

json text_or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

json list_or_null(const std::string& list) { return list.empty() ? json(nullptr) : json(split_list(list)); }

// A bound as an integer where the parameter counts something; 2^63 itself has no int64_t.
json bound(const ParameterInfo& p, double value) {
  if (!is_number(p.type)) return nullptr;
  if (p.type == ParameterType::ratio || std::abs(value) >= 0x1p63) return value;
  return static_cast<std::int64_t>(value);
}

json to_json(const ParameterInfo& p) {
  return {{"key", p.key},
          {"type", name_of(p.type)},
          {"default", p.default_value},
          {"minimum", bound(p, p.minimum)},
          {"maximum", bound(p, p.maximum)},
          {"choices", p.choices},
          {"unit", p.unit},
          {"help", p.help},
          {"processes", list_or_null(p.processes)},
          {"fair", list_or_null(p.fair)}};
}

// The member `key` of the wanted type T; the null that stands for nothing gives T().
template <class T>
T member(const json& object, const char* key) {
  try {
    const json& value = object.at(key);
    return value.is_null() ? T() : value.get<T>();
  } catch (const json::exception&) {
    throw UserError(fmt::format("A workload's description lacks '{}', or has it with the wrong type.", key));
  }
}

ParameterInfo parameter_from_json(const json& object) {
  ParameterInfo p;
  p.key = member<std::string>(object, "key");
  p.type = parameter_type(member<std::string>(object, "type"));
  p.minimum = member<double>(object, "minimum");
  p.maximum = member<double>(object, "maximum");
  p.choices = member<std::vector<std::string>>(object, "choices");
  p.unit = member<std::string>(object, "unit");
  p.help = member<std::string>(object, "help");
  p.processes = fmt::format("{}", fmt::join(member<std::vector<std::string>>(object, "processes"), ","));
  p.fair = fmt::format("{}", fmt::join(member<std::vector<std::string>>(object, "fair"), ","));
  p.default_value = parse_value(p, member<json>(object, "default"), p.key);
  return p;
}

}  // namespace

bool is_fair(const ParameterInfo& p, const json& value) {
  if (p.fair.empty()) return true;
  return std::ranges::any_of(split_list(p.fair),
                             [&](const std::string& f) { return parse_value(p, f, p.key) == value; });
}

bool WorkloadInfo::promises_fairness_with(const json& given) const {
  return promises_fairness && std::ranges::all_of(parameters, [&](const ParameterInfo& p) {
           return is_fair(p, given.value(p.key, p.default_value));
         });
}

bool WorkloadInfo::has(const std::string& capability) const {
  return std::find(capabilities.begin(), capabilities.end(), capability) != capabilities.end();
}

const ParameterInfo* WorkloadInfo::parameter(const std::string& key) const {
  const auto found = std::ranges::find(parameters, key, &ParameterInfo::key);
  return found != parameters.end() ? &*found : nullptr;
}

json WorkloadInfo::defaults() const {
  json all = json::object();
  for (const ParameterInfo& p : parameters) all[p.key] = p.default_value;
  return all;
}

json to_json(const WorkloadInfo& w, bool with_parameters) {
  json object = {{"id", w.id},
                 {"family", w.family},
                 {"group", w.group},
                 {"version", w.version},
                 {"summary", w.summary},
                 {"operation", w.operation},
                 {"invariant", w.invariant},
                 {"kind", w.kind},
                 {"control", text_or_null(w.control)},
                 {"expects", w.expects},
                 {"promises_fairness", w.promises_fairness},
                 {"capabilities", w.capabilities},
                 {"plugin", w.plugin}};
  if (!with_parameters) return object;
  object["parameters"] = json::array();
  for (const ParameterInfo& p : w.parameters) object["parameters"].push_back(to_json(p));
  object["counters"] = json::array();
  for (const CounterInfo& c : w.counters) object["counters"].push_back({{"key", c.key}, {"help", c.help}});
  return object;
}

WorkloadInfo workload_from_json(const json& object) {
  WorkloadInfo w;
  w.id = member<std::string>(object, "id");
  w.family = member<std::string>(object, "family");
  w.group = member<std::string>(object, "group");
  w.version = member<std::uint32_t>(object, "version");
  w.summary = member<std::string>(object, "summary");
  w.operation = member<std::string>(object, "operation");
  w.invariant = member<std::string>(object, "invariant");
  w.kind = member<std::string>(object, "kind");
  w.control = member<std::string>(object, "control");
  w.expects = member<std::vector<std::string>>(object, "expects");
  w.promises_fairness = member<bool>(object, "promises_fairness");
  w.capabilities = member<std::vector<std::string>>(object, "capabilities");
  w.plugin = member<std::string>(object, "plugin");
  for (const json& p : member<json>(object, "parameters")) w.parameters.push_back(parameter_from_json(p));
  for (const json& c : member<json>(object, "counters")) {
    w.counters.push_back({member<std::string>(c, "key"), member<std::string>(c, "help")});
  }
  return w;
}

}  // namespace fairground::plan
