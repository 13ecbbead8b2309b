// A plugin opened in this process. Only children of the supervisor do that: scan, configure, body, bench.
#pragma once

#include <fairground/plugin.h>

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "plan/workload_info.hpp"

namespace fairground::load {

// The record's names of the kinds of fg_finding, by number.
inline constexpr std::array<const char*, 8> finding_names{"deadlock", "livelock", "starvation", "lost-update",
                                                          "hang",     "crash",    "leak",       "wrong-result"};

// dlopen the file (RTLD_NOW | RTLD_LOCAL) and check magic, major, minor and sizes. It stays loaded until the process
// ends. Throws UserError, a sentence of its own for each: missing, unreadable, a folder, empty, no ELF file, for
// another kind of machine, no shared object, cut short; what the loader says; without the symbol, or the symbol is a
// function or too small; no magic number; of another interface (says both versions); without workloads.
const fg_plugin& open_plugin(const std::string& path);

// The workload with that id. Throws UserError if there is none.
const fg_workload& find_workload(const fg_plugin&, const std::string& id);

// Plain data of what the plugin says of its workload. Throws UserError if that breaks the rules of plugin.h
// (id not kebab-case, text that is no printable UTF-8, default outside its range, a choice without choices, run
// missing, a bit that this version doesn't know ...).
plan::WorkloadInfo describe(const fg_workload&, const std::string& plugin_path);

// Parameter values in schema order, as the plugin gets them; owns the texts. `parameters` are those of a Point; one
// that is missing there has its default.
class Values {
 public:
  Values(const fg_workload&, const nlohmann::json& parameters);
  [[nodiscard]] const fg_value* data() const { return values_.data(); }
  [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(values_.size()); }

 private:
  void take(const fg_parameter&, const nlohmann::json& given, fg_value&);

  std::deque<std::string> texts_;
  std::vector<fg_value> values_;
};

}  // namespace fairground::load
