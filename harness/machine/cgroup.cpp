#include "machine/cgroup.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>
#include <vector>

#include "base/files.hpp"

namespace fairground::machine {
namespace {

namespace fs = std::filesystem;

// One mounted hierarchy and where this process is in it.
struct Hierarchy {
  std::vector<std::string> controllers;  // version 2: empty
  bool version_2 = false;
  fs::path mount;   // from the root of the file system
  fs::path inside;  // the group within the mount, "" for its top
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    if (end > begin) parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::string first_line(const std::optional<std::string>& content) {
  return content ? content->substr(0, content->find('\n')) : std::string();
}

// mountinfo writes space, tab, line feed and backslash as three octal digits (proc(5)).
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && i + 3 < text.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

bool within(const std::vector<std::string>& list, const std::string& wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// A group's path as /proc/self/cgroup says it, seen from a mount that shows the hierarchy from `shown_from` on.
fs::path path_inside(const std::string& group, const std::string& shown_from) {
  std::string rest = group;
  if (shown_from != "/" && rest.starts_with(shown_from)) rest.erase(0, shown_from.size());
  if (rest.find("..") != std::string::npos) return {};  // outside of this namespace: only the top is seen
  return fs::path(rest).relative_path();
}

std::vector<Hierarchy> hierarchies(const fs::path& root) {
  std::vector<Hierarchy> found;
  std::istringstream mounts(read_small_file(root / "proc/self/mountinfo").value_or(""));
  const std::string groups = read_small_file(root / "proc/self/cgroup").value_or("");
  for (std::string mount_line; std::getline(mounts, mount_line);) {
    const std::size_t dash = mount_line.find(" - ");
    if (dash == std::string::npos) continue;
    const auto before = split(std::string_view(mount_line).substr(0, dash), ' ');
    const auto after = split(std::string_view(mount_line).substr(dash + 3), ' ');
    if (before.size() < 5 || after.empty() || (after[0] != "cgroup" && after[0] != "cgroup2")) continue;
    const auto options = split(after.back(), ',');
    std::istringstream lines(groups);
    for (std::string line; std::getline(lines, line);) {  // hierarchy:controllers:path
      const std::size_t first = line.find(':');
      const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
      if (second == std::string::npos) continue;
      const auto controllers = split(std::string_view(line).substr(first + 1, second - first - 1), ',');
      const bool version_2 = controllers.empty();
      if (version_2 != (after[0] == "cgroup2")) continue;
      if (!version_2 && !within(options, controllers[0])) continue;
      found.push_back({controllers, version_2, fs::path(unescape(before[4])).relative_path(),
                       path_inside(line.substr(second + 1), unescape(before[3]))});
    }
  }
  return found;
}

// The group and all above it, as far up as the mount shows.
std::vector<fs::path> levels(const fs::path& root, const Hierarchy& hierarchy) {
  std::vector<fs::path> all;
  const fs::path top = root / hierarchy.mount;
  for (fs::path inside = hierarchy.inside; !inside.empty(); inside = inside.parent_path()) all.push_back(top / inside);
  all.push_back(top);
  return all;
}

void tighten_cpu(CgroupLimits& limits, std::optional<std::uint64_t> quota_us, std::optional<std::uint64_t> period_us) {
  if (!quota_us || !period_us || *quota_us == 0 || *period_us == 0) return;
  const double cpus = static_cast<double>(*quota_us) / static_cast<double>(*period_us);
  if (limits.cpus() && *limits.cpus() <= cpus) return;
  limits.cpu_quota_ns = *quota_us * 1'000;
  limits.cpu_period_ns = *period_us * 1'000;
}

constexpr std::uint64_t unlimited = 1ULL << 60;  // version 1 writes 2^63 less a page for none

void tighten_memory(CgroupLimits& limits, std::optional<std::uint64_t> bytes) {
  if (!bytes || *bytes >= unlimited) return;
  limits.memory_limit_bytes = std::min(limits.memory_limit_bytes.value_or(*bytes), *bytes);
}

void tighten(std::optional<std::uint64_t>& left, std::optional<std::uint64_t> most, std::optional<std::uint64_t> used) {
  if (!most || !used || *most >= unlimited) return;
  const std::uint64_t here = *most > *used ? *most - *used : 0;
  left = std::min(left.value_or(here), here);
}

// Without pages of files that nobody has used lately: the kernel gives them up before it refuses anything.
std::optional<std::uint64_t> used_memory(const fs::path& group, const char* file, const char* inactive) {
  const auto used = number(first_line(read_small_file(group / file)));
  if (!used) return used;
  return *used - std::min(*used, number_behind(group / "memory.stat", inactive).value_or(0));
}

void count_kills(CgroupLimits& limits, std::optional<std::uint64_t> kills) {
  if (kills) limits.oom_kills = std::max(limits.oom_kills.value_or(0), *kills);
}

void set_cpuset(CgroupLimits& limits, const fs::path& file) {
  if (limits.cpuset) return;  // the lowest level holds: it lies within those above
  const std::string set = first_line(read_small_file(file));
  if (!set.empty()) limits.cpuset = set;
}

void read_version_2(CgroupLimits& limits, const fs::path& group) {
  const auto cpu = split(first_line(read_small_file(group / "cpu.max")), ' ');
  if (cpu.size() == 2) tighten_cpu(limits, number(cpu[0]), number(cpu[1]));
  const auto value = [&](const char* file) { return number(first_line(read_small_file(group / file))); };
  tighten_memory(limits, value("memory.max"));
  const auto used = used_memory(group, "memory.current", "inactive_file");
  tighten(limits.memory_left_bytes, value("memory.max"), used);
  tighten(limits.memory_left_bytes, value("memory.high"), used);
  count_kills(limits, number_behind(group / "memory.events", "oom_kill"));
  tighten(limits.processes_left, value("pids.max"), value("pids.current"));
  set_cpuset(limits, group / "cpuset.cpus.effective");
}

void read_version_1(CgroupLimits& limits, const std::vector<std::string>& controllers, const fs::path& group) {
  const auto value = [&](const char* file) { return number(first_line(read_small_file(group / file))); };
  if (within(controllers, "cpu")) tighten_cpu(limits, value("cpu.cfs_quota_us"), value("cpu.cfs_period_us"));
  if (within(controllers, "memory")) {
    tighten_memory(limits, value("memory.limit_in_bytes"));
    tighten(limits.memory_left_bytes, value("memory.limit_in_bytes"),
            used_memory(group, "memory.usage_in_bytes", "total_inactive_file"));
    count_kills(limits, number_behind(group / "memory.oom_control", "oom_kill"));
  }
  if (within(controllers, "pids")) tighten(limits.processes_left, value("pids.max"), value("pids.current"));
  if (within(controllers, "cpuset")) {
    set_cpuset(limits, group / "cpuset.effective_cpus");
    set_cpuset(limits, group / "cpuset.cpus");
  }
}

}  // namespace

std::optional<double> CgroupLimits::cpus() const {
  if (!cpu_quota_ns || !cpu_period_ns) return std::nullopt;
  return static_cast<double>(*cpu_quota_ns) / static_cast<double>(*cpu_period_ns);
}

CgroupLimits cgroup_limits(const fs::path& root) {
  CgroupLimits limits;
  for (const Hierarchy& hierarchy : hierarchies(root)) {
    (hierarchy.version_2 ? limits.version_2 : limits.version_1) = true;
    for (const fs::path& group : levels(root, hierarchy)) {
      if (hierarchy.version_2) {
        read_version_2(limits, group);
      } else {
        read_version_1(limits, hierarchy.controllers, group);
      }
    }
  }
  return limits;
}

}  // namespace fairground::machine
