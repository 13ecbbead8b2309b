#include "base/descendants.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/maker.hpp"

namespace fairground {

namespace {

std::vector<std::pair<pid_t, pid_t>> all_processes() {  // (pid, parent)
  std::vector<std::pair<pid_t, pid_t>> all;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return all;
  while (const dirent* entry = readdir(proc)) {
    const pid_t pid = static_cast<pid_t>(std::strtol(entry->d_name, nullptr, 10));
    if (pid > 0) {
      if (const pid_t parent = parent_of(pid); parent > 0) all.emplace_back(pid, parent);
    }
  }
  closedir(proc);
  return all;
}

bool contains(std::span<const pid_t> set, pid_t pid) { return std::find(set.begin(), set.end(), pid) != set.end(); }

struct Present {
  pid_t pid;
  std::uint64_t start_ticks;
};
std::vector<Present> present;  // before this program was
bool others_may_come = false;  // children that are not its own

// It waits to be reaped, and has no environment any more that could tell whose it was.
bool has_ended(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

bool is_own_child(pid_t pid) {
  if (!others_may_come) return true;
  for (const Present& p : present) {
    if (p.pid == pid && p.start_ticks == start_ticks_of(pid)) return false;
  }
  static const std::string mark = Maker::self().mark();
  const std::optional<Maker> maker = started_for(pid);
  return maker ? maker->mark() == mark : has_ended(pid);
}

std::mutex kept_mutex;  // held while one is started, so that it is not taken for a stray
std::vector<pid_t> kept;

std::vector<pid_t> descendants(std::span<const pid_t> spared) {
  std::unordered_map<pid_t, std::vector<pid_t>> children;
  for (const auto& [pid, parent] : all_processes()) children[parent].push_back(pid);
  std::vector<pid_t> found;
  std::vector<pid_t> todo{getpid()};
  while (!todo.empty()) {
    const pid_t parent = todo.back();
    todo.pop_back();
    for (const pid_t child : children[parent]) {
      if (contains(spared, child) || (parent == getpid() && !is_own_child(child))) continue;
      found.push_back(child);
      todo.push_back(child);
    }
  }
  return found;
}

}  // namespace

void spare_present_children() {
  for (const auto& [pid, parent] : all_processes()) {
    if (parent == getpid()) present.push_back({pid, start_ticks_of(pid)});
  }
  others_may_come = !present.empty() || getpid() == 1;
}

pid_t start_kept(const std::function<pid_t()>& fork) {
  const std::lock_guard lock(kept_mutex);
  const pid_t pid = fork();
  if (pid > 0) kept.push_back(pid);
  return pid;
}

void let_go(pid_t pid) {
  const std::lock_guard lock(kept_mutex);
  std::erase(kept, pid);
}

int end_strays() {
  const std::lock_guard lock(kept_mutex);
  return end_descendants(kept);
}

int end_descendants(std::span<const pid_t> spared) {
  const std::uint64_t give_up = monotonic_ns() + 10'000'000'000u;
  int reaped = 0;
  siginfo_t ignored{};
  if (waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD) return 0;  // no child at all
  while (monotonic_ns() < give_up) {
    const std::vector<pid_t> left = descendants(spared);
    if (left.empty()) break;
    for (const pid_t pid : left) kill(pid, SIGKILL);
    for (const pid_t pid : left) {
      if (waitpid(pid, nullptr, WNOHANG | __WALL) == pid) ++reaped;
    }
    usleep(500);
  }
  return reaped;
}

std::vector<pid_t> descendants_named(const std::string& name) {
  std::vector<pid_t> found = descendants({});
  std::erase_if(found, [&](pid_t pid) {
    return read_small_file("/proc/" + std::to_string(pid) + "/comm").value_or("") != name + "\n";
  });
  return found;
}

int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

bool kill_pidfd(int pidfd) { return syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0) == 0; }

// Of /proc/PID/stat. The name may hold spaces and parentheses: the last ')' ends it.
pid_t parent_of(pid_t pid) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[512];
  const ssize_t n = read(fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 0;
  text[n] = 0;
  const char* end = std::strrchr(text, ')');
  int parent = 0;
  char state = 0;
  return end != nullptr && std::sscanf(end + 1, " %c %d", &state, &parent) == 2 ? parent : 0;
}

void become_subreaper() { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

}  // namespace fairground
