// The machines of testdata/topologies, for tests.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "machine/machine.hpp"

namespace fairground::machine {

inline std::filesystem::path topology_file(const std::string& name) {
  return std::filesystem::path(FAIRGROUND_SOURCE_DIR) / "harness/machine/testdata" / "topologies" / name;
}

// Names of all files that hwloc 2 can read, sorted.
inline std::vector<std::string> topology_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(topology_file(""))) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".xml" && !name.starts_with("bad-")) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// A name that GoogleTest takes for a parameter.
inline std::string test_name(const std::string& file) {
  std::string name = file.substr(0, file.rfind('.'));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

}  // namespace fairground::machine
