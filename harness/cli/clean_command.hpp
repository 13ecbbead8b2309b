// `fairground clean`: what killed runs have left behind.
#pragma once

#include <CLI/CLI.hpp>

namespace fairground::cli {

// exit_code: 0; 1 if something couldn't be removed. Bad input throws UserError.
void add_clean_command(CLI::App& app, int& exit_code);

}  // namespace fairground::cli
