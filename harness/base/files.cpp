#include "base/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/maker.hpp"

namespace fairground {
namespace {

namespace fs = std::filesystem;

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t done = ::write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

// A new file in the same folder, hence on the same file system, with the permissions that the umask grants.
int create_beside(const fs::path& path, fs::path& name) {
  const std::string mark = Maker::self().mark();
  for (unsigned i = 0;; ++i) {
    name = folder_of(path) / fmt::format(".{}.{}-{}.tmp", path.filename().string(), mark, i);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
}

// Folders without write or search permission keep their entries from being removed.
void open_up(const fs::path& path) {
  std::error_code ignored;
  fs::permissions(path, fs::perms::owner_all, fs::perm_options::add, ignored);
  for (fs::directory_iterator entry(path, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    std::error_code unknown;
    if (entry->symlink_status(unknown).type() == fs::file_type::directory) open_up(entry->path());
  }
}

}  // namespace

std::optional<std::uint64_t> number_behind(const fs::path& path, std::string_view word) {
  std::istringstream words(read_small_file(path).value_or(""));
  std::uint64_t value = 0;
  for (std::string one; words >> one >> value;) {
    if (one == word) return value;
  }
  return std::nullopt;
}

std::optional<std::string> read_small_file(const fs::path& path, std::size_t limit) {
  // Without O_NONBLOCK, opening a FIFO that was put there would wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (file.get() < 0 || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  std::string content;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > limit) return std::nullopt;
  }
}

FileIdentity identity_of(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return {found.st_dev, found.st_ino, static_cast<std::uint64_t>(found.st_size),
          found.st_mtim.tv_sec * std::int64_t{1'000'000'000} + found.st_mtim.tv_nsec};
}

void write_file_atomically(const fs::path& path, std::string_view content) {
  fs::path temporary;
  const int fd = create_beside(path, temporary);
  if (fd < 0) throw SystemError("writing " + path.string(), errno);
  Descriptor file(fd);
  const bool written = write_all(file.get(), content) && ::fsync(file.get()) == 0 && file.close() == 0 &&
                       ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) {
    const int error = errno;
    ::unlink(temporary.c_str());
    throw SystemError("writing " + path.string(), error);
  }
  // The new name is in the folder, which has to reach the disk too; some file systems can't sync a folder.
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) ::fsync(folder.get());
}

fs::path temporary_folder() {
  const char* wanted = std::getenv("TMPDIR");
  return wanted != nullptr && *wanted != '\0' ? wanted : "/tmp";
}

fs::path make_private_folder(std::string_view prefix, fs::path parent) {
  if (parent.empty()) parent = temporary_folder();
  std::string name = (parent / fmt::format("{}-{}-XXXXXX", prefix, Maker::self().mark())).string();
  if (::mkdtemp(name.data()) == nullptr) throw SystemError("creating a folder in " + parent.string(), errno);
  return name;
}

bool remove_tree(const fs::path& path) noexcept {
  try {
    std::error_code error;
    fs::remove_all(path, error);
    if (!error) return true;
    if (fs::symlink_status(path).type() == fs::file_type::directory) open_up(path);
    fs::remove_all(path, error);
    return !error;
  } catch (...) {
    return false;
  }
}

}  // namespace fairground
