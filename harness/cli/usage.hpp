// What CLI11 has to say of a command line, as one sentence with the nearest names; and what our options have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace fairground::cli {

// For an app whose parse() threw, and not to show help.
std::string usage_error(const CLI::App&, const CLI::ParseError&);

// The option may be given several times, each time with one value.
CLI::Option* repeatable(CLI::Option*);
void add_plugin_option(CLI::App&, std::vector<std::string>& files);

// " (did you mean --time or --trials?)", or nothing.
std::string did_you_mean(const std::vector<std::string>& names, const std::string& wanted);

}  // namespace fairground::cli
