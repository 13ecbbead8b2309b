// A tree of files that stands for /, for tests of what is read from proc and sys.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "base/files.hpp"

namespace fairground::machine {

class Root {
 public:
  Root& put(const std::string& path, const std::string& content) {
    const auto file = folder_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return *this;
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  PrivateFolder folder_{"fairground-root"};
};

}  // namespace fairground::machine
