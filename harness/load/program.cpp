#include "load/program.hpp"

#include <system_error>
#include <utility>

namespace fairground::load {
namespace {

std::string& path_now() {
  static std::string path = "/proc/self/exe";
  return path;
}

}  // namespace

std::string program_path() { return path_now(); }

void set_program_path(std::string path) { path_now() = std::move(path); }

std::filesystem::path own_plugin_folder() {
  std::error_code unreadable;
  const std::filesystem::path program = std::filesystem::canonical(path_now(), unreadable);
  if (unreadable) return {};
  return program.parent_path().parent_path() / "lib" / "fairground" / "plugins";
}

}  // namespace fairground::load
