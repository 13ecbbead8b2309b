// Which program the children of this one execute: itself, anew.
#pragma once

#include <filesystem>
#include <string>

namespace fairground::load {

// /proc/self/exe, which stays valid when the file is replaced or removed while it runs; or what a test has set.
std::string program_path();
void set_program_path(std::string path);

// The folder of the install's own plugins: ../lib/fairground/plugins beside the program's file.
std::filesystem::path own_plugin_folder();

}  // namespace fairground::load
