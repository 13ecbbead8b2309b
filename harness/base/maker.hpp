// Who made something, told in its name: so that what a killed process left can be told from what is in use.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fairground {

// A process, for good: its number may be given to another, its start time in that boot and PID namespace is not.
struct Maker {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // since boot, field 22 of /proc/PID/stat
  std::string boot;               // first 8 hexadecimal digits of the boot's id
  std::string pid_namespace;      // its inode, hexadecimal

  // This process.
  static Maker self();
  // "4711-98231-6f3a2b1c-effffffc": no dots, no slashes. The same of the same process at any time.
  [[nodiscard]] std::string mark() const;
  // What mark() wrote; null for anything else.
  static std::optional<Maker> parse(std::string_view mark);
};

enum class Fate {
  running,
  gone,          // not running any more, a zombie too
  earlier_boot,  // it ran under another boot id: gone, unless another machine sees the same files
  unknown,       // of another PID namespace, or /proc doesn't tell
};
Fate fate_of(const Maker&);

// Of a running process, field 22 of /proc/PID/stat; 0 if it is gone.
std::uint64_t start_ticks_of(pid_t);

// In the environment of everything that a command of Fairground's starts: the mark of that command's process.
inline constexpr const char* supervisor_variable = "FAIRGROUND_SUPERVISOR";

// [one thread] Sets it for all processes that are started from now on.
void mark_descendants();
// Whom a process was started for, by its environment when it was executed; null: nobody that is known, or it can't be
// read.
std::optional<Maker> started_for(pid_t);

}  // namespace fairground
