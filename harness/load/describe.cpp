// describe(): what a plugin says of a workload, checked field by field.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <iterator>

#include "base/error.hpp"
#include "base/text.hpp"
#include "load/plugin.hpp"
#include "plan/parameter.hpp"

namespace fairground::load {
namespace {

using plan::ParameterInfo;
using plan::ParameterType;

constexpr std::size_t longest_text = 2000;
constexpr std::size_t most_parameters = 64;
constexpr std::size_t most_choices = 256;
constexpr double largest_bound = 0x1p53;

constexpr std::array<const char*, 7> capability_names{"may-block", "may-hang", "processes", "network",
                                                      "database",  "files",    "contended"};

// Lower-case letters and digits in words joined by `joint`, a letter first.
bool is_name(const std::string& text, char joint) {
  if (text.empty() || text.size() > 64 || text.front() < 'a' || text.front() > 'z' || text.back() == joint)
    return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && (c != joint || text[i - 1] == joint)) return false;
  }
  return true;
}

// One part of a description, by the name that its mistakes are reported under.
class Part {
 public:
  Part(std::string plugin, std::string who) : plugin_(std::move(plugin)), who_(std::move(who)) {}

  [[noreturn]] void refuse(const std::string& why) const {
    throw UserError(fmt::format("The plugin {} can't be used: {} {}.", printable(plugin_), who_, why));
  }

  [[nodiscard]] std::string text_or_nothing(const char* text, const char* field) const {
    if (text == nullptr) return "";
    std::string copy(text, strnlen(text, longest_text + 1));
    if (copy.size() > longest_text) refuse(fmt::format("has a {} of more than {} bytes", field, longest_text));
    if (!is_utf8(copy)) refuse(fmt::format("has a {} that is no UTF-8: {}", field, in_quotes(copy)));
    if (printable(copy) != copy)
      refuse(fmt::format("has a {} with characters that can't be printed: {}", field, in_quotes(copy)));
    return copy;
  }
  [[nodiscard]] std::string text(const char* text, const char* field) const {
    if (text == nullptr) refuse(fmt::format("has no {}: it is NULL", field));
    return text_or_nothing(text, field);
  }
  [[nodiscard]] std::string kebab(const char* given, const char* field) const {
    std::string name = text(given, field);
    if (!is_name(name, '-')) refuse(fmt::format("has the {} {}, which is not in kebab-case", field, in_quotes(name)));
    return name;
  }
  template <std::size_t N>
  [[nodiscard]] std::vector<std::string> bits(std::uint32_t set, const std::array<const char*, N>& names,
                                              const char* field) const {
    if (set >> N != 0) refuse(fmt::format("has a bit among its {} that this version doesn't know: {:#x}", field, set));
    std::vector<std::string> out;
    for (std::size_t i = 0; i < N; ++i) {
      if ((set >> i & 1) != 0) out.emplace_back(names[i]);
    }
    return out;
  }
  [[nodiscard]] const std::string& plugin() const { return plugin_; }

 private:
  std::string plugin_, who_;
};

ParameterType type_of(fg_type type, const Part& part) {
  switch (type) {
    case FG_INTEGER:
      return ParameterType::integer;
    case FG_SIZE:
      return ParameterType::size;
    case FG_DURATION:
      return ParameterType::duration;
    case FG_RATIO:
      return ParameterType::ratio;
    case FG_BOOL:
      return ParameterType::boolean;
    case FG_CHOICE:
      return ParameterType::choice;
    case FG_TEXT:
      return ParameterType::text;
  }
  part.refuse(fmt::format("has the unknown type {}", static_cast<std::uint32_t>(type)));
}

void check_range(const ParameterInfo& info, const Part& part) {
  if (!plan::is_number(info.type)) return;
  if (!std::isfinite(info.minimum) || !std::isfinite(info.maximum)) part.refuse("has a range that is not finite");
  if (info.minimum > info.maximum) part.refuse("has a minimum above its maximum");
  const bool counts = info.type != ParameterType::ratio;
  if (counts && (std::abs(info.minimum) > largest_bound || std::abs(info.maximum) > largest_bound)) {
    part.refuse("has a range beyond 2^53");
  }
}

std::vector<std::string> choices_of(const fg_parameter& p, const Part& part) {
  std::vector<std::string> choices;
  if (p.type != FG_CHOICE) return choices;
  for (const char* const* c = p.choices; c != nullptr && *c != nullptr; ++c) {
    std::string choice = part.text(*c, "choice");
    // A comma parts the values of a sweep.
    if (choice.empty() || choice.find(',') != std::string::npos)
      part.refuse("has a choice that is empty or has a comma");
    if (std::find(choices.begin(), choices.end(), choice) != choices.end()) {
      part.refuse(fmt::format("has the choice {} twice", in_quotes(choice)));
    }
    choices.push_back(std::move(choice));
    if (choices.size() > most_choices) part.refuse(fmt::format("has more than {} choices", most_choices));
  }
  if (choices.empty()) part.refuse("is a choice without choices");
  return choices;
}

nlohmann::json default_of(const fg_parameter& p, const std::vector<std::string>& choices, const Part& part) {
  const fg_value& value = p.default_value;
  if (p.type == FG_RATIO) return value.real;
  if (p.type == FG_TEXT) return part.text(value.text, "default");
  if (p.type == FG_BOOL) {
    if (value.integer != 0 && value.integer != 1) part.refuse("has a default that is neither 0 nor 1");
    return value.integer == 1;
  }
  if (p.type != FG_CHOICE) return value.integer;
  const std::string text = part.text(value.text, "default");
  const auto index = static_cast<std::size_t>(value.integer);
  if (index >= choices.size() || choices[index] != text) {
    part.refuse(fmt::format("has the default {}, which is not its choice number {}", in_quotes(text), value.integer));
  }
  return text;
}

// A list of values, or nothing.
void check_values(const ParameterInfo& info, const std::string& list, const char* what) {
  if (list.empty()) return;
  for (const std::string& value : plan::split_list(list)) plan::parse_value(info, value, what);
}

ParameterInfo describe_parameter(const fg_parameter& p, const std::string& plugin, const std::string& workload) {
  const Part unnamed(plugin, fmt::format("a parameter of workload {}", in_quotes(workload)));
  if (p.size < sizeof(fg_parameter))
    unnamed.refuse(fmt::format("says that it has {} bytes, where {} are wanted", p.size, sizeof(fg_parameter)));
  ParameterInfo info;
  info.key = unnamed.kebab(p.key, "key");
  const Part part(plugin, fmt::format("parameter {} of workload {}", in_quotes(info.key), in_quotes(workload)));
  info.type = type_of(p.type, part);
  info.unit = part.text_or_nothing(p.unit, "unit");
  info.help = part.text_or_nothing(p.help, "help");
  if (plan::is_number(info.type)) {
    info.minimum = p.minimum;
    info.maximum = p.maximum;
  }
  check_range(info, part);
  info.choices = choices_of(p, part);
  try {  // what the plugin says passes the checks of what a person types
    info.default_value = plan::parse_value(info, default_of(p, info.choices, part), "the default");
    info.processes = part.text_or_nothing(p.processes, "list of values for processes");
    info.fair = part.text_or_nothing(p.fair, "list of fair values");
    check_values(info, info.processes, "a value for processes");
    check_values(info, info.fair, "a fair value");
    if (!info.fair.empty() && !plan::is_fair(info, info.default_value))
      part.refuse("has a default that is not among its fair values");
  } catch (const UserError& error) {
    std::string why = error.what();
    if (why.starts_with("The plugin")) throw;
    if (why.ends_with('.')) why.pop_back();
    part.refuse(fmt::format("is wrong: {}", why));
  }
  return info;
}

void describe_parameters(const fg_workload& w, plan::WorkloadInfo& info, const Part& part) {
  for (const fg_parameter* const* p = w.parameters; p != nullptr && *p != nullptr; ++p) {
    ParameterInfo parameter = describe_parameter(**p, part.plugin(), info.id);
    for (const ParameterInfo& other : info.parameters) {
      if (other.key == parameter.key) part.refuse(fmt::format("has two parameters {}", in_quotes(other.key)));
    }
    info.parameters.push_back(std::move(parameter));
    if (info.parameters.size() > most_parameters)
      part.refuse(fmt::format("has more than {} parameters", most_parameters));
  }
}

void describe_counters(const fg_workload& w, plan::WorkloadInfo& info, const Part& part) {
  for (const fg_counter* const* c = w.counters; c != nullptr && *c != nullptr; ++c) {
    if ((*c)->size < sizeof(fg_counter)) part.refuse("has a counter that is smaller than the interface wants");
    plan::CounterInfo counter{part.text((*c)->key, "key of a counter"),
                              part.text_or_nothing((*c)->help, "help of a counter")};
    if (!is_name(counter.key, '_'))
      part.refuse(fmt::format("has the counter {}, which is not in snake_case", in_quotes(counter.key)));
    for (const plan::CounterInfo& other : info.counters) {
      if (other.key == counter.key) part.refuse(fmt::format("has two counters {}", in_quotes(other.key)));
    }
    info.counters.push_back(std::move(counter));
    if (info.counters.size() > most_parameters) part.refuse(fmt::format("has more than {} counters", most_parameters));
  }
}

}  // namespace

plan::WorkloadInfo describe(const fg_workload& w, const std::string& plugin_path) {
  const Part unnamed(plugin_path, "a workload");
  if (w.size < sizeof(fg_workload))
    unnamed.refuse(fmt::format("says that it has {} bytes, where {} are wanted", w.size, sizeof(fg_workload)));
  plan::WorkloadInfo info;
  info.id = unnamed.kebab(w.id, "id");
  const Part part(plugin_path, fmt::format("workload {}", in_quotes(info.id)));
  info.family = part.kebab(w.family, "family");
  info.group = part.text_or_nothing(w.group, "group");
  if (w.control != nullptr) info.control = part.kebab(w.control, "control");
  info.summary = part.text(w.summary, "summary");
  info.operation = part.text(w.operation, "operation");
  info.invariant = part.text(w.invariant, "invariant");
  if (w.version == 0) part.refuse("has version 0; versions begin with 1");
  info.version = w.version;
  if (w.kind != FG_EACH && w.kind != FG_TEAM)
    part.refuse(fmt::format("is of the unknown kind {}", static_cast<std::uint32_t>(w.kind)));
  info.kind = w.kind == FG_TEAM ? "team" : "each";
  info.capabilities = part.bits(w.capabilities, capability_names, "capabilities");
  info.expects = part.bits(w.expects, finding_names, "expected findings");
  info.promises_fairness = w.promises_fairness != 0;
  info.plugin = plugin_path;
  if (w.run == nullptr) part.refuse("has no function run");
  describe_parameters(w, info, part);
  describe_counters(w, info, part);
  return info;
}

}  // namespace fairground::load
