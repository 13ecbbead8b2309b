#include "cli/leftovers.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <optional>
#include <set>

#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"

namespace fairground::cli {
namespace {

namespace fs = std::filesystem;
using Kind = Leftover::Kind;

constexpr std::uint64_t settling_ns = 2'000'000'000;

// ---- marks in names ----

bool strip_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

bool strip_back(std::string_view& text, std::string_view back) {
  if (!text.ends_with(back)) return false;
  text.remove_suffix(back.size());
  return true;
}

// fairground-scratch-MARK-XXXXXX: of make_private_folder.
std::optional<Maker> folder_maker(std::string_view name) {
  constexpr std::size_t random = 7;
  const auto known = {"fairground-scratch-", "fairground-check-", "fairground-bench-"};
  if (std::none_of(known.begin(), known.end(), [&](const char* front) { return strip_front(name, front); })) return {};
  if (name.size() <= random || name[name.size() - random] != '-') return {};
  return Maker::parse(name.substr(0, name.size() - random));
}

// sem.fairground-MARK.PID-N: of the workload sem-named.
std::optional<Maker> semaphore_maker(std::string_view name) {
  if (!strip_front(name, "sem.fairground-")) return {};
  return Maker::parse(name.substr(0, name.find('.')));
}

// .NAME.MARK-N.tmp: of write_file_atomically; .NAME.MARK.part: of the report.
std::optional<Maker> file_maker(std::string_view name) {
  if (!strip_front(name, ".")) return {};
  if (strip_back(name, ".tmp")) {
    name = name.substr(0, name.rfind('-'));
  } else if (!strip_back(name, ".part")) {
    return {};
  }
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::nullopt : Maker::parse(name.substr(dot + 1));
}

// ---- is it nobody's any more? ----

// Seen by this machine only: another boot's id is then that of an earlier boot, not that of another machine.
bool is_local(const fs::path& folder) {
  struct statfs info {};
  if (::statfs(folder.c_str(), &info) != 0) return false;
  constexpr unsigned long xfs = 0x58465342, zfs = 0x2fc12fc1, bcachefs = 0xca451a4e;
  const auto type = static_cast<unsigned long>(info.f_type) & 0xffffffff;
  const std::set<unsigned long> local{
      EXT4_SUPER_MAGIC, TMPFS_MAGIC, BTRFS_SUPER_MAGIC & 0xffffffff, F2FS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC, xfs, zfs,
      bcachefs};
  return local.contains(type);
}

bool is_abandoned(const Maker& maker, const fs::path& folder) {
  const Fate fate = fate_of(maker);
  return fate == Fate::gone || (fate == Fate::earlier_boot && is_local(folder));
}

// The caller's own, of the right type, and no symbolic link.
bool is_own(const fs::path& path, mode_t type) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && info.st_uid == ::geteuid() && (info.st_mode & S_IFMT) == type;
}

mode_t type_of(Kind kind) { return kind == Kind::folder ? S_IFDIR : S_IFREG; }

bool still_there(const Leftover& left) {
  return is_own(left.path, type_of(left.kind)) && is_abandoned(left.maker, left.path.parent_path());
}

// ---- files ----

using MakerOf = std::optional<Maker> (*)(std::string_view name);

void look_in(const fs::path& folder, Kind kind, MakerOf maker_of, std::vector<Leftover>& found) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::optional<Maker> maker = maker_of(entry->path().filename().string());
    if (!maker) continue;
    Leftover left{kind, entry->path(), 0, "", *maker};
    if (still_there(left)) found.push_back(std::move(left));
  }
}

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() == fs::file_type::directory;
}

std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (is_folder(entry->path()) && !folder_maker(entry->path().filename().string())) out.push_back(entry->path());
  }
  return out;
}

// ---- processes ----

// Whom one of the caller's own was started for.
std::optional<Maker> process_maker(pid_t pid) {
  struct stat info {};
  if (::stat(fmt::format("/proc/{}", pid).c_str(), &info) != 0 || info.st_uid != ::geteuid()) return {};
  return started_for(pid);
}

// This process and those above it.
std::set<pid_t> own_line() {
  std::set<pid_t> out;
  for (pid_t pid = ::getpid(); pid > 0 && out.insert(pid).second; pid = parent_of(pid)) {
  }
  return out;
}

std::vector<Leftover> processes() {
  std::vector<Leftover> found;
  const std::set<pid_t> spared = own_line();
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const pid_t pid = std::atoi(entry->path().filename().c_str());
    if (pid <= 0 || spared.contains(pid)) continue;
    const std::optional<Maker> maker = process_maker(pid);
    if (!maker || fate_of(*maker) != Fate::gone) continue;
    std::string name = read_small_file(entry->path() / "comm").value_or("");
    while (name.ends_with('\n')) name.pop_back();
    found.push_back({Kind::process, {}, pid, std::move(name), *maker});
  }
  return found;
}

std::vector<Leftover> settled_processes() {
  const std::uint64_t give_up = monotonic_ns() + settling_ns;
  std::vector<Leftover> found = processes();
  while (!found.empty() && monotonic_ns() < give_up) {
    ::usleep(50'000);
    found = processes();
  }
  return found;
}

std::string end_process(const Leftover& left) {
  const Descriptor process(open_pidfd(left.pid));
  if (process.get() < 0) return errno == ESRCH ? "" : std::strerror(errno);
  // From here on the number can't be another process's: so it is held against its mark once more.
  const std::optional<Maker> maker = process_maker(left.pid);
  if (!maker || maker->mark() != left.maker.mark() || fate_of(*maker) != Fate::gone) return "";
  if (!kill_pidfd(process.get())) return errno == ESRCH ? "" : std::strerror(errno);
  pollfd ended{process.get(), POLLIN, 0};
  return ::poll(&ended, 1, 5'000) == 1 ? "" : "it doesn't end";
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::process:
      return "process";
    case Kind::folder:
      return "folder";
    case Kind::semaphore:
      return "semaphore";
    case Kind::file:
      return "file";
  }
  return "?";
}

Places places_of(const fs::path& runs, const std::vector<fs::path>& given) {
  Places places{temporary_folder(), "/dev/shm", is_folder(runs) ? subfolders(runs) : std::vector<fs::path>(), true};
  for (const fs::path& folder : given) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      throw UserError(
          fmt::format("{} is no folder; give a run's folder, or a folder of runs.", in_quotes(folder.string())));
    }
    places.run_folders.push_back(folder);
    const std::vector<fs::path> inside = subfolders(folder);
    places.run_folders.insert(places.run_folders.end(), inside.begin(), inside.end());
  }
  return places;
}

std::vector<Leftover> find_leftovers(const Places& places) {
  std::vector<Leftover> found;
  if (places.processes) found = settled_processes();
  std::vector<Leftover> files;
  look_in(places.temporary, Kind::folder, folder_maker, files);
  look_in(places.shared_memory, Kind::semaphore, semaphore_maker, files);
  for (const fs::path& folder : places.run_folders) {
    look_in(folder, Kind::folder, folder_maker, files);
    look_in(folder, Kind::file, file_maker, files);
  }
  // A folder may have been given, and be one of the usual ones.
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  const auto twice = [](const Leftover& a, const Leftover& b) {
    std::error_code ignored;
    return a.path == b.path || fs::equivalent(a.path, b.path, ignored);
  };
  files.erase(std::unique(files.begin(), files.end(), twice), files.end());
  found.insert(found.end(), std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()));
  return found;
}

std::string remove_leftover(const Leftover& left) {
  if (left.kind == Kind::process) return end_process(left);
  if (!still_there(left)) return "";
  if (left.kind == Kind::folder) return remove_tree(left.path) ? "" : "something in it can't be removed";
  return ::unlink(left.path.c_str()) == 0 || errno == ENOENT ? "" : std::strerror(errno);
}

}  // namespace fairground::cli
