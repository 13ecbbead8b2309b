// The one table of warnings: what each code means and what to do about it. Help, record and report are made from it.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace fairground::record {

struct Warning {
  std::string_view code;   // kebab-case, never changes its meaning
  std::string_view cause;  // a sentence
  std::string_view next;   // a sentence: what to do
};

std::span<const Warning> warnings();

// Throws std::logic_error for a code that is not in the table.
const Warning& warning(std::string_view code);

// The warning lines that follow from a line of the record: of machine, build and plugin what their keys show, of a
// trial each code in its warnings[], with what it says there. None for other kinds.
std::vector<nlohmann::json> warnings_of(const nlohmann::json& line);

}  // namespace fairground::record
