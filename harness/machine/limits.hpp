// How much of the machine is left for a run to take: memory, disk, descriptors, processes, and who says so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace fairground::machine {

// So much may be taken, and what holds it to that, for a message: "free memory", "the cgroup's memory limit".
struct Limit {
  std::uint64_t value = 0;
  std::string by;
};

struct Limits {
  Limit memory_bytes;
  Limit disk_bytes;   // of the file system that holds the folder
  Limit descriptors;  // of one process
  Limit processes;    // and threads
};

// What setrlimit(2) holds this process to.
struct ProcessLimits {
  std::uint64_t descriptors = 0, processes = 0;  // hard limit, soft limit
  bool processes_hold = true;                    // false for those with CAP_SYS_RESOURCE or CAP_SYS_ADMIN: root
  std::uint64_t processes_now = 0;               // threads of this user
  static ProcessLimits read();
};

// Now. proc and sys are looked for under `root`. `folder` need not exist yet: its nearest parent that does counts.
Limits limits(const std::filesystem::path& folder, const std::filesystem::path& root = "/",
              const ProcessLimits& = ProcessLimits::read());

// "512MiB" or "40%" of what is left, in bytes. Throws UserError for what can't be read, for nothing, and for more than
// there is; `option` begins the sentence: "--memory".
Limit share_of(const Limit& left, std::string_view text, std::string_view option);

}  // namespace fairground::machine
