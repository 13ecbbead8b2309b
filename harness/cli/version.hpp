// What `fairground --version` says.
#pragma once

#include <string>

namespace fairground::cli {

// "fairground 0.1.0 (git 531d1e8, Release, GCC 12.2.0)".
std::string version_text();

}  // namespace fairground::cli
