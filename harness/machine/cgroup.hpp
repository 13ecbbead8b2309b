// What the control groups of this process allow it: CPU time, memory, processing units. Versions 1 and 2.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace fairground::machine {

// Empty: no limit, or none that can be seen from here (a container does not see the groups above its own).
struct CgroupLimits {
  std::optional<std::uint64_t> cpu_quota_ns, cpu_period_ns;  // CPU time a period; the tightest of all levels
  std::optional<std::uint64_t> memory_limit_bytes;           // the tightest of all levels
  // Less what is used, the part of the page cache that would be given up first not counted; the tightest of all levels.
  // A level from which on the kernel slows processes down (memory.high) is a limit, too.
  std::optional<std::uint64_t> memory_left_bytes;
  std::optional<std::uint64_t> processes_left;  // the same of processes and threads
  std::optional<std::uint64_t> oom_kills;       // processes killed at a limit of these; of all levels the most
  std::optional<std::string> cpuset;            // OS indexes as the kernel writes them: "0-3,8"
  bool version_1 = false, version_2 = false;    // which hierarchies this process is in

  // CPUs' worth of time; empty without a quota.
  [[nodiscard]] std::optional<double> cpus() const;
};

// Read from proc and sys under `root`.
CgroupLimits cgroup_limits(const std::filesystem::path& root = "/");

}  // namespace fairground::machine
