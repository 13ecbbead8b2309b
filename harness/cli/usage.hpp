// What CLI11 has to say of a command line, as one sentence with the nearest names.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace fairground::cli {

// For an app whose parse() threw, and not to show help.
std::string usage_error(const CLI::App&, const CLI::ParseError&);

// " (did you mean --time or --trials?)", or nothing.
std::string did_you_mean(const std::vector<std::string>& names, const std::string& wanted);

}  // namespace fairground::cli
