// Commands that are programs of their own (`fairground-report`), found as git finds its own.
#pragma once

#include <filesystem>
#include <string>

namespace fairground::cli {

// This program's own file.
std::filesystem::path own_program();

// FAIRGROUND_EXEC_PATH, else libexec/fairground beside the folder of `program`.
std::filesystem::path exec_folder(const std::filesystem::path& program);

// The program behind a command: exec_folder()/fairground-NAME. Throws UserError, saying where it was looked for and
// which package to install, if it is missing, not executable, or its interpreter is.
std::filesystem::path find_command(const std::string& name, const std::filesystem::path& program);

}  // namespace fairground::cli
