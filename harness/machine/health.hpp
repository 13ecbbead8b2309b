// What the machine says of itself while it is stressed: kernel messages, machine checks, processes that were killed for
// memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"

namespace fairground::machine {

// Counters since boot; empty where the kernel doesn't show one.
struct HealthCounters {
  std::optional<std::uint64_t> oom_kills;       // oom_kills() below
  std::optional<std::uint64_t> machine_checks;  // exceptions and polls that found something (/proc/interrupts), and
                                                // errors that memory controllers counted (EDAC)
  static HealthCounters read(const std::filesystem::path& root = "/");
};

// Processes that the kernel killed for want of memory, since boot; where it doesn't say, in the groups of this process.
// Empty if neither is shown.
std::optional<std::uint64_t> oom_kills(const std::filesystem::path& root = "/");

// The growth of a counter; empty if it is not known at both ends.
std::optional<std::uint64_t> growth(const std::optional<std::uint64_t>& before,
                                    const std::optional<std::uint64_t>& after);

// The kernel's log from the moment on that this was made.
class KernelLog {
 public:
  explicit KernelLog(const std::filesystem::path& root = "/");
  [[nodiscard]] bool readable() const { return file_.get() >= 0; }
  // What came since the last call and is a warning or worse, without its time; printable.
  std::vector<std::string> news();

 private:
  Descriptor file_;
};

}  // namespace fairground::machine
