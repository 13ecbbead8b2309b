#include "plan/parameter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<ParameterType, std::string_view>, 7> type_names{{{ParameterType::integer, "integer"},
                                                                                {ParameterType::size, "size"},
                                                                                {ParameterType::duration, "duration"},
                                                                                {ParameterType::ratio, "ratio"},
                                                                                {ParameterType::boolean, "bool"},
                                                                                {ParameterType::choice, "choice"},
                                                                                {ParameterType::text, "text"}}};

constexpr std::size_t longest_text = 4096;

struct Unit {
  std::string_view name;
  std::int64_t size;
};
constexpr std::array<Unit, 6> durations{{{"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};
constexpr std::array<Unit, 5> sizes{
    {{"TiB", 1LL << 40}, {"GiB", 1LL << 30}, {"MiB", 1LL << 20}, {"KiB", 1024}, {"B", 1}}};

// In the largest unit that leaves a whole number.
std::string exact(std::int64_t value, std::span<const Unit> descending) {
  for (const Unit& unit : descending) {
    if (value != 0 && value % unit.size == 0) return fmt::format("{}{}", value / unit.size, unit.name);
  }
  return fmt::format("0{}", descending.back().name);
}

std::string format_integer(ParameterType type, std::int64_t value) {
  if (type == ParameterType::duration) return exact(value, durations);
  if (type == ParameterType::size) return exact(value, sizes);
  return fmt::format("{}", value);
}

std::string format_bound(ParameterType type, double bound) {
  if (type == ParameterType::ratio) return fmt::format("{}", bound);
  if (bound >= 0x1p63) return fmt::format("{}", std::numeric_limits<std::int64_t>::max());
  if (bound < -0x1p63) return fmt::format("{}", std::numeric_limits<std::int64_t>::min());
  return format_integer(type, static_cast<std::int64_t>(bound));
}

[[noreturn]] void wrong_type(const ParameterInfo& p, const json& given, const std::string& label) {
  throw UserError(fmt::format("{}: a value of type {} is wanted ({}), not {}.", label, name_of(p.type), range_text(p),
                              given.is_primitive() ? given.dump(-1, ' ', false, json::error_handler_t::replace)
                                                   : std::string("a list or a table")));
}

[[noreturn]] void out_of_range(const ParameterInfo& p, const std::string& value, const std::string& label) {
  throw UserError(fmt::format("{}: {} is out of range; choose {}.", label, value, range_text(p)));
}

std::int64_t integer_of(const ParameterInfo& p, const json& given, const std::string& label) {
  if (given.is_string()) {
    const std::string& text = given.get_ref<const std::string&>();
    if (p.type == ParameterType::integer) return parse_integer(text, label);
    return static_cast<std::int64_t>(p.type == ParameterType::size ? parse_size_bytes(text, label)
                                                                   : parse_duration_ns(text, label));
  }
  if (!given.is_number_integer()) wrong_type(p, given, label);
  if (given.is_number_unsigned() && given.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    out_of_range(p, given.dump(), label);
  }
  return given.get<std::int64_t>();
}

json parse_integer_value(const ParameterInfo& p, const json& given, const std::string& label) {
  const std::int64_t value = integer_of(p, given, label);
  // long double holds every int64_t and every double exactly, so that nothing slips in at the ends of the range.
  if (static_cast<long double>(value) < p.minimum || static_cast<long double>(value) > p.maximum) {
    out_of_range(p, format_integer(p.type, value), label);
  }
  return value;
}

json parse_ratio_value(const ParameterInfo& p, const json& given, const std::string& label) {
  if (!given.is_string() && !given.is_number()) wrong_type(p, given, label);
  const double value =
      given.is_string() ? parse_ratio(given.get_ref<const std::string&>(), label) : given.get<double>();
  if (!std::isfinite(value) || value < p.minimum || value > p.maximum) {
    out_of_range(p, fmt::format("{}", value), label);
  }
  return value;
}

json parse_bool_value(const ParameterInfo& p, const json& given, const std::string& label) {
  if (given.is_boolean()) return given;
  if (!given.is_string()) wrong_type(p, given, label);
  const std::string& text = given.get_ref<const std::string&>();
  for (const char* yes : {"true", "yes", "on", "1"}) {
    if (text == yes) return true;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    if (text == no) return false;
  }
  throw UserError(fmt::format("{}: {} is neither true nor false; write one of the two.", label, in_quotes(text)));
}

json parse_choice_value(const ParameterInfo& p, const json& given, const std::string& label) {
  // In TOML a choice that looks like a number may stand without quotes.
  const bool number = given.is_number_integer();
  if (!given.is_string() && !number) wrong_type(p, given, label);
  const std::string text = number ? given.dump() : given.get<std::string>();
  if (std::find(p.choices.begin(), p.choices.end(), text) != p.choices.end()) return text;
  const std::vector<std::string> near = nearest(p.choices, text, 1);
  throw UserError(fmt::format("{}: {} is no choice; {}take {}.", label, in_quotes(text),
                              near.empty() ? "" : fmt::format("did you mean {}? ", near.front()), or_list(p.choices)));
}

json parse_text_value(const ParameterInfo& p, const json& given, const std::string& label) {
  if (!given.is_string()) wrong_type(p, given, label);
  const std::string& text = given.get_ref<const std::string&>();
  if (text.size() > longest_text) {
    throw UserError(fmt::format("{}: the text is {} bytes long; {} is the most.", label, text.size(), longest_text));
  }
  if (printable(text) != text) {
    throw UserError(
        fmt::format("{}: {} has characters that can't be printed; write plain UTF-8.", label, in_quotes(text)));
  }
  return given;
}

}  // namespace

std::string_view name_of(ParameterType type) {
  for (const auto& [known, name] : type_names) {
    if (known == type) return name;
  }
  return "unknown";
}

ParameterType parameter_type(std::string_view name) {
  for (const auto& [type, known] : type_names) {
    if (known == name) return type;
  }
  throw UserError(fmt::format("{} is no type of a parameter.", in_quotes(name)));
}

bool is_number(ParameterType type) {
  return type == ParameterType::integer || type == ParameterType::size || type == ParameterType::duration ||
         type == ParameterType::ratio;
}

json parse_value(const ParameterInfo& p, const json& given, const std::string& label) {
  switch (p.type) {
    case ParameterType::integer:
    case ParameterType::size:
    case ParameterType::duration:
      return parse_integer_value(p, given, label);
    case ParameterType::ratio:
      return parse_ratio_value(p, given, label);
    case ParameterType::boolean:
      return parse_bool_value(p, given, label);
    case ParameterType::choice:
      return parse_choice_value(p, given, label);
    case ParameterType::text:
      return parse_text_value(p, given, label);
  }
  throw UserError(fmt::format("{}: the parameter has an unknown type.", label));
}

std::string format_value(const ParameterInfo& p, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
  if (value.is_number_integer()) return format_integer(p.type, value.get<std::int64_t>());
  return value.is_number() ? fmt::format("{}", value.get<double>()) : value.dump();
}

ParameterInfo option_schema(ParameterType type, double minimum, double maximum, std::vector<std::string> choices) {
  ParameterInfo info;
  info.type = type;
  info.minimum = minimum;
  info.maximum = maximum;
  info.choices = std::move(choices);
  return info;
}

std::string range_text(const ParameterInfo& p) {
  if (p.type == ParameterType::boolean) return "true or false";
  if (p.type == ParameterType::choice) return or_list(p.choices);
  if (p.type == ParameterType::text) return "any text";
  return fmt::format("{} to {}", format_bound(p.type, p.minimum), format_bound(p.type, p.maximum));
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    parts.emplace_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

}  // namespace fairground::plan
