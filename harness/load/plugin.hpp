// A plugin opened in this process. Only children of the supervisor do that: scan, configure, body, bench.
#pragma once

#include "plan/workload_info.hpp"

#include <fairground/plugin.h>

#include <deque>
#include <string>
#include <vector>

namespace fairground::load {

// dlopen the file (RTLD_NOW | RTLD_LOCAL) and check magic, major, minor and sizes.
// Throws UserError: not readable, not a shared object, without the symbol, of another ABI (says both versions).
const fg_plugin& open_plugin(const std::string& path);

// The workload with that id. Throws UserError if there is none.
const fg_workload& find_workload(const fg_plugin&, const std::string& id);

// Plain data of what the plugin says of its workload. Throws UserError if that breaks the rules of plugin.h
// (id not kebab-case, default outside its range, a choice without choices, run missing ...).
plan::WorkloadInfo describe(const fg_workload&, const std::string& plugin_path);

// Parameter values in schema order, as the plugin gets them; owns the texts.
class Values {
 public:
  Values(const fg_workload&, const nlohmann::json& parameters);
  [[nodiscard]] const fg_value* data() const { return values_.data(); }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(values_.size()); }

 private:
  std::deque<std::string> texts_;
  std::vector<fg_value> values_;
};

}  // namespace fairground::load
