// How much memory may be taken without driving anybody out: what the kernel holds available, or what this process's
// control group still allows, if that is less.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fairground/workload.hpp>
#include <fstream>
#include <limits>
#include <string>

namespace fairground::systems {

namespace detail {

inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

// The number in a file; `unlimited` if it says "max" or can't be read.
inline std::uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value ? value : unlimited;
}

// The number behind a key, in a file of "key number" or "key: number kB"; `otherwise` if it isn't there.
inline std::uint64_t number_of(const std::string& key, const std::string& path, std::uint64_t otherwise) {
  std::ifstream file(path);
  for (std::string word, rest; file >> word; std::getline(file, rest)) {
    std::uint64_t value = 0;
    if (word == key && file >> value) return value;
  }
  return otherwise;
}

// What one group still allows: files' pages that nobody used lately count as free, as in MemAvailable.
inline std::uint64_t left_in(const std::string& folder, const char* limit_file, const char* used_file) {
  const std::uint64_t limit = number_in(folder + limit_file), used = number_in(folder + used_file);
  if (limit == unlimited || used == unlimited) return unlimited;
  const std::uint64_t files = std::min(used, number_of("inactive_file", folder + "/memory.stat", 0));
  return limit > used - files ? limit - (used - files) : 0;
}

}  // namespace detail

// Bytes. Control groups of versions 1 and 2, and all above this process's own, up to the one that is mounted.
inline std::uint64_t available_memory() {
  const std::uint64_t kib = detail::number_of("MemAvailable:", "/proc/meminfo", detail::unlimited / 1024);
  std::uint64_t least = kib * 1024;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const bool second = line.rfind("0::/", 0) == 0;
    if (!second && line.find(":memory:/") == std::string::npos) continue;
    for (std::string group = line.substr(line.find(":/") + 1);; group.erase(group.rfind('/'))) {
      if (group == "/") group.clear();  // the one that is mounted, where a container's own is
      least = std::min(least, second ? detail::left_in("/sys/fs/cgroup" + group, "/memory.max", "/memory.current")
                                     : detail::left_in("/sys/fs/cgroup/memory" + group, "/memory.limit_in_bytes",
                                                       "/memory.usage_in_bytes"));
      if (group.empty()) break;
    }
  }
  return least;
}

// Throws no_resource, beginning with what asks for it.
inline void expect_available(const std::string& what, std::uint64_t bytes) {
  const std::uint64_t available = available_memory();
  if (bytes > available)
    throw no_resource(what + ": " + std::to_string(bytes >> 20) + " MiB, and " + std::to_string(available >> 20) +
                      " MiB are free");
}

}  // namespace fairground::systems
