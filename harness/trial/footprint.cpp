#include "trial/footprint.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unordered_map>

namespace fairground::trial {
namespace {

struct Process {
  pid_t parent = 0;
  std::uint64_t tasks = 0;
};

bool read_text(const char* path, char* text, std::size_t size) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t n = read(fd, text, size - 1);
  close(fd);
  text[std::max<ssize_t>(n, 0)] = 0;
  return n > 0;
}

// Fields 4 (parent) and 20 (threads) of /proc/PID/stat; the name before them may hold anything.
bool read_process(pid_t pid, Process& process) {
  char path[32], text[512];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  if (!read_text(path, text, sizeof text)) return false;
  const char* end = std::strrchr(text, ')');
  long threads = 0;
  int parent = 0;
  if (end == nullptr || std::sscanf(end + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld",
                                    &parent, &threads) != 2)
    return false;
  process = {parent, static_cast<std::uint64_t>(std::max(threads, 0L))};
  return true;
}

void add_memory(pid_t pid, Footprint& sum, std::uint64_t& most_shared) {
  char path[32], text[128];
  std::snprintf(path, sizeof path, "/proc/%d/statm", pid);
  unsigned long resident = 0, shared = 0;
  if (!read_text(path, text, sizeof text) || std::sscanf(text, "%*u %lu %lu", &resident, &shared) != 2) return;
  static const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  sum.memory_bytes += (resident - std::min(resident, shared)) * page;
  most_shared = std::max<std::uint64_t>(most_shared, shared * page);
}

}  // namespace

std::vector<Footprint> footprints(std::span<const pid_t> roots) {
  std::vector<Footprint> sums(roots.size());
  std::unordered_map<pid_t, Process> all;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return sums;
  while (const dirent* entry = readdir(proc)) {
    const auto pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    Process process;
    if (pid > 0 && read_process(pid, process)) all.emplace(pid, process);
  }
  closedir(proc);
  std::vector<std::uint64_t> most_shared(roots.size(), 0);
  for (const auto& [pid, process] : all) {
    // Upwards until one of the roots; never further than there are processes.
    pid_t at = pid;
    for (std::size_t steps = 0; at > 0 && steps <= all.size(); ++steps) {
      const auto root = std::find(roots.begin(), roots.end(), at);
      if (root != roots.end()) {
        const auto i = static_cast<std::size_t>(root - roots.begin());
        sums[i].tasks += process.tasks;
        add_memory(pid, sums[i], most_shared[i]);
        break;
      }
      const auto parent = all.find(at);
      at = parent == all.end() ? 0 : parent->second.parent;
    }
  }
  for (std::size_t i = 0; i < roots.size(); ++i) sums[i].memory_bytes += most_shared[i];
  return sums;
}

}  // namespace fairground::trial
