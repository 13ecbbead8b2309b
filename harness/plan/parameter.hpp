// One parameter value: from what a person wrote, or from a typed JSON or TOML value, to the typed value of the record.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "plan/workload_info.hpp"

namespace fairground::plan {

// "integer size duration ratio bool choice text". parameter_type throws UserError for any other word.
std::string_view name_of(ParameterType);
ParameterType parameter_type(std::string_view name);

// Has a minimum and a maximum: integer, size, duration, ratio.
bool is_number(ParameterType);

// A parameter without a name: by it the values of an option are checked like those of a parameter.
ParameterInfo option_schema(ParameterType, double minimum, double maximum, std::vector<std::string> choices = {});

// The value as the record has it: integer (size: bytes, duration: ns), ratio: number, bool, choice and text: string.
// A string is read as a person writes it ("4KiB", "100ns", "0.5", "yes"); a typed value must fit the type, an integer
// being bytes or ns. Throws UserError, "LABEL: ...", for what can't be read, is out of range (which it names), is no
// choice (with the nearest), or is no printable UTF-8.
nlohmann::json parse_value(const ParameterInfo&, const nlohmann::json& given, const std::string& label);

// The value as a person would write it, exactly: parse_value reads it back. "100us", "4KiB", "0.25".
std::string format_value(const ParameterInfo&, const nlohmann::json& value);

// What the parameter takes: "0ns to 1s", "ttas, mcs or clh", "true or false", "any text".
std::string range_text(const ParameterInfo&);

// The parts between commas, empty ones kept.
std::vector<std::string> split_list(std::string_view text);

}  // namespace fairground::plan
