#include "machine/limits.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <sstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "machine/cgroup.hpp"

namespace fairground::machine {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end != text.data() ? std::optional(value) : std::nullopt;
}

// "Key:   value ..." of /proc/meminfo and /proc/PID/status; empty if there is none.
std::string text_of(const std::string& content, std::string_view key) {
  std::istringstream lines(content);
  for (std::string word; lines >> word;) {
    std::string value;
    if (word == key && lines >> value) return value;
    std::getline(lines, value);
  }
  return "";
}
std::optional<std::uint64_t> field(const std::string& content, std::string_view key) {
  return number(text_of(content, key));
}

void tighten(Limit& limit, std::optional<std::uint64_t> value, const char* by) {
  if (value && *value < limit.value) limit = {*value, by};
}

Limit memory(const CgroupLimits& cgroup, const fs::path& root) {
  Limit limit{UINT64_MAX, "nothing"};
  const auto kib = field(read_small_file(root / "proc/meminfo").value_or(""), "MemAvailable:");
  if (kib) tighten(limit, *kib * 1024, "what is free");
  tighten(limit, cgroup.memory_left_bytes, "the cgroup's memory limit");
  return limit;
}

Limit disk(fs::path folder) {
  struct statvfs found {};
  std::error_code ignored;
  while (!fs::exists(folder, ignored) && folder.has_relative_path()) folder = folder.parent_path();
  if (statvfs(folder.empty() ? "." : folder.c_str(), &found) != 0) return {0, "a folder that can't be read"};
  if (found.f_blocks == 0) return {UINT64_MAX, "nothing"};  // it tells no size: /proc, ramfs
  return {std::uint64_t{found.f_bavail} * found.f_frsize, "what is free"};
}

Limit processes(const CgroupLimits& cgroup, const fs::path& root, const ProcessLimits& own) {
  Limit limit{UINT64_MAX, "nothing"};
  const auto most = number(read_small_file(root / "proc/sys/kernel/threads-max").value_or(""));
  tighten(limit, most, "kernel.threads-max");
  tighten(limit, number(read_small_file(root / "proc/sys/kernel/pid_max").value_or("")), "kernel.pid_max");
  tighten(limit, cgroup.processes_left, "the cgroup's pids.max");
  if (own.processes_hold && own.processes != RLIM_INFINITY)
    tighten(limit, own.processes > own.processes_now ? own.processes - own.processes_now : 0, "ulimit -u");
  return limit;
}

// Threads of all processes of this user: what RLIMIT_NPROC counts.
std::uint64_t threads_of_user() {
  std::uint64_t count = 0;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return 0;
  const uid_t user = getuid();
  while (const dirent* entry = readdir(proc)) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
    const std::string status = read_small_file(fs::path("/proc") / entry->d_name / "status").value_or("");
    if (field(status, "Uid:") == user) count += field(status, "Threads:").value_or(0);
  }
  closedir(proc);
  return count;
}

// Of CapEff: bit 24 is CAP_SYS_RESOURCE, bit 21 CAP_SYS_ADMIN (capabilities(7)); either lifts the limit (fork(2)).
bool is_privileged() {
  const std::string text = text_of(read_small_file("/proc/self/status").value_or(""), "CapEff:");
  if (text.empty()) return geteuid() == 0;
  const std::uint64_t bits = std::strtoull(text.c_str(), nullptr, 16);
  return (bits >> 24 & 1) != 0 || (bits >> 21 & 1) != 0;
}

}  // namespace

ProcessLimits ProcessLimits::read() {
  ProcessLimits own;
  rlimit limit{};
  own.descriptors = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : RLIM_INFINITY;
  own.processes = getrlimit(RLIMIT_NPROC, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
  own.processes_hold = !is_privileged();
  if (own.processes_hold) own.processes_now = threads_of_user();
  return own;
}

Limits limits(const fs::path& folder, const fs::path& root, const ProcessLimits& own) {
  const CgroupLimits cgroup = cgroup_limits(root);
  return {memory(cgroup, root), disk(folder), {own.descriptors, "ulimit -n"}, processes(cgroup, root, own)};
}

Limit share_of(const Limit& left, std::string_view text, std::string_view option) {
  const std::string what = std::string(option);
  std::uint64_t bytes = 0;
  if (text.ends_with('%')) {
    const double percent = parse_ratio(text.substr(0, text.size() - 1), what);
    if (!(percent > 0 && percent <= 100))
      throw UserError(fmt::format("{}: {} is no share of what is free; choose more than 0% and at most 100%.", what,
                                  in_quotes(text)));
    bytes = static_cast<std::uint64_t>(static_cast<double>(left.value) / 100 * percent);
  } else {
    bytes = parse_size_bytes(text, what);
    if (bytes == 0) throw UserError(fmt::format("{}: with nothing of it no trial can be run.", what));
  }
  if (bytes > left.value)
    throw UserError(fmt::format("{}: {} is more than the {} that {} leaves.", what, in_quotes(text),
                                human_bytes(static_cast<double>(left.value)), left.by));
  return {bytes, what};
}

}  // namespace fairground::machine
