// How much memory may be taken without driving anybody out: what the kernel holds available, or what this process's
// control group still allows, if that is less.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

namespace fairground::systems {

namespace detail {

// The number in a file; the largest there is if it says "max" or can't be read.
inline std::uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value ? value : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace detail

// Bytes. Control groups of version 2; those above this process's own count as well.
inline std::uint64_t available_memory() {
  std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
  std::ifstream info("/proc/meminfo");
  for (std::string key, unit; info >> key;) {
    std::uint64_t kib = 0;
    info >> kib;
    std::getline(info, unit);
    if (key == "MemAvailable:") least = kib * 1024;
  }
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.rfind("0::/", 0) != 0) continue;
    for (std::string group = line.substr(3); group.size() > 1; group.erase(group.rfind('/'))) {
      const std::string folder = "/sys/fs/cgroup" + group;
      const std::uint64_t limit = detail::number_in(folder + "/memory.max");
      const std::uint64_t used = detail::number_in(folder + "/memory.current");
      if (limit != std::numeric_limits<std::uint64_t>::max() && used != std::numeric_limits<std::uint64_t>::max())
        least = std::min(least, limit > used ? limit - used : 0);
    }
  }
  return least;
}

}  // namespace fairground::systems
