#include "cli/exec_path.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/error.hpp"

namespace fairground::cli {

namespace fs = std::filesystem;

namespace {

bool executable(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
}

// The interpreter that a script's first line names; empty if it names none.
std::string interpreter_of(const fs::path& script) {
  std::ifstream in(script);
  std::string line;
  if (!std::getline(in, line) || line.compare(0, 2, "#!") != 0) return "";
  const std::size_t begin = line.find_first_not_of(" \t", 2);
  return begin == std::string::npos ? "" : line.substr(begin, line.find_first_of(" \t\r", begin) - begin);
}

}  // namespace

fs::path own_program() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) throw SystemError("reading /proc/self/exe", error.value());
  return program;
}

fs::path exec_folder(const fs::path& program) {
  const char* named = std::getenv("FAIRGROUND_EXEC_PATH");
  if (named != nullptr && *named != '\0') return named;
  return program.parent_path().parent_path() / "libexec/fairground";
}

fs::path find_command(const std::string& name, const fs::path& program) {
  const fs::path folder = exec_folder(program);
  const fs::path file = folder / ("fairground-" + name);
  std::error_code ignored;
  if (!fs::exists(file, ignored)) {
    throw UserError(
        fmt::format("fairground-{} is not in '{}': install Fairground whole, or name the folder that has it in "
                    "FAIRGROUND_EXEC_PATH.",
                    name, folder.string()));
  }
  if (!executable(file)) throw UserError(fmt::format("'{}' is not executable: chmod +x it.", file.string()));
  const std::string interpreter = interpreter_of(file);
  if (!interpreter.empty() && !executable(interpreter)) {
    throw UserError(
        fmt::format("fairground {} needs '{}', which is not there: install it, on Debian with "
                    "apt install python3-matplotlib.",
                    name, interpreter));
  }
  return file;
}

}  // namespace fairground::cli
