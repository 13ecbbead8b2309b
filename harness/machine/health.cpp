#include "machine/health.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <sstream>

#include "base/files.hpp"
#include "base/text.hpp"
#include "machine/cgroup.hpp"

namespace fairground::machine {
namespace {

namespace fs = std::filesystem;

constexpr unsigned warning_level = 4;  // syslog(3): smaller is worse

// "MCE:    0    0   Machine check exceptions": one number a unit. MCP counts polls, found or not, so it says nothing.
std::optional<std::uint64_t> exceptions(const fs::path& root) {
  std::istringstream lines(read_small_file(root / "proc/interrupts", 16 << 20).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    if (!(words >> name) || name != "MCE:") continue;
    std::uint64_t sum = 0;
    for (std::uint64_t value = 0; words >> value;) sum += value;
    return sum;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> memory_errors(const fs::path& root) {
  std::optional<std::uint64_t> sum;
  std::error_code error;
  for (fs::directory_iterator i(root / "sys/devices/system/edac/mc", error), end; !error && i != end;
       i.increment(error)) {
    for (const char* which : {"ce_count", "ue_count"}) {
      const std::string text = read_small_file(i->path() / which).value_or("");
      std::uint64_t value = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc())
        sum = sum.value_or(0) + value;
    }
  }
  return sum;
}

// "LEVEL+8*FACILITY,sequence,time,flags;text": the text, if it is bad enough.
std::optional<std::string> bad_news(std::string_view line) {
  unsigned priority = 0;
  const std::size_t text = line.find(';');
  if (text == std::string_view::npos || line.front() == ' ') return std::nullopt;
  if (std::from_chars(line.data(), line.data() + line.size(), priority).ec != std::errc()) return std::nullopt;
  if (priority % 8 > warning_level) return std::nullopt;
  return printable(line.substr(text + 1));
}

}  // namespace

// Those in a group count in /proc/vmstat, too.
std::optional<std::uint64_t> oom_kills(const fs::path& root) {
  const auto kills = number_behind(root / "proc/vmstat", "oom_kill");
  return kills ? kills : cgroup_limits(root).oom_kills;
}

HealthCounters HealthCounters::read(const fs::path& root) {
  HealthCounters h;
  h.oom_kills = machine::oom_kills(root);
  h.machine_checks = exceptions(root);
  if (const auto errors = memory_errors(root)) h.machine_checks = h.machine_checks.value_or(0) + *errors;
  return h;
}

std::optional<std::uint64_t> growth(const std::optional<std::uint64_t>& before,
                                    const std::optional<std::uint64_t>& after) {
  if (!before || !after || *after < *before) return std::nullopt;
  return *after - *before;
}

KernelLog::KernelLog(const fs::path& root)
    : file_(open((root / "dev/kmsg").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (file_.get() >= 0) lseek(file_.get(), 0, SEEK_END);
}

// The device gives one record a read; EPIPE says that some were written over before they could be read.
std::vector<std::string> KernelLog::news() {
  std::vector<std::string> all;
  std::array<char, 8192> part{};
  while (file_.get() >= 0) {
    const ssize_t n = read(file_.get(), part.data(), part.size());
    if (n < 0 && (errno == EPIPE || errno == EINTR)) continue;
    if (n <= 0) break;
    std::istringstream lines(std::string(part.data(), static_cast<std::size_t>(n)));
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      if (auto text = bad_news(line)) all.push_back(std::move(*text));
    }
  }
  return all;
}

}  // namespace fairground::machine
