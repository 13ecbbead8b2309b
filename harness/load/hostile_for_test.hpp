// The raw material of this module's tests: plugins that crash, hang, lie or aren't plugins.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/error.hpp"

namespace fairground::load {

inline std::filesystem::path hostile(const std::string& name) {
  return std::filesystem::path(FAIRGROUND_BINARY_DIR) / "hostile" / (name + ".so");
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

// The sentence of the UserError that f throws; empty if it throws none.
template <class F>
std::string sentence_of(F&& f) {
  try {
    f();
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

}  // namespace fairground::load
