#include "record/writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "base/error.hpp"
#include "base/files.hpp"
#include "base/sha256.hpp"

namespace fairground::record {

struct Writer::State {
  std::filesystem::path folder;
  std::filesystem::path file;
  bool echo = false;
  int fd = -1;
  off_t bytes = 0;  // of whole lines, all on the disk
  std::uint64_t lines = 0;
  Sha256 hash;
  bool closed = false;

  ~State() {
    if (fd >= 0) close(fd);
  }
  void append(const std::string& line);
  void undo_and_throw(int error);
};

namespace {

std::string reason(int error) { return std::strerror(error); }

bool out_of_space(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw UserError(
        fmt::format("The folder '{}' can't be made: {}; give another with --out.", folder.string(), error.message()));
  }
}

// Opened for us alone. That nobody else made it is what O_EXCL says; the lock tells readers that a run is writing.
int open_new(const std::filesystem::path& file) {
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST) {
    throw UserError(fmt::format("There is a record already: '{}'; give another folder with --out.", file.string()));
  }
  if (fd < 0) {
    throw UserError(
        fmt::format("'{}' can't be written: {}; give another folder with --out.", file.string(), reason(errno)));
  }
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(fd);
    throw UserError(fmt::format("Another run is writing to '{}'; give another folder with --out.", file.string()));
  }
  return fd;
}

[[noreturn]] void cannot_go_on(const std::filesystem::path& file, int error) {
  throw UserError(fmt::format("'{}' can't be gone on with: {}.", file.string(), reason(error)));
}

// For us alone, like a new one.
int open_again(const std::filesystem::path& file) {
  const int fd = open(file.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (fd < 0) cannot_go_on(file, errno);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(fd);
    throw UserError(fmt::format("Another run is writing to '{}'; let it end first.", file.string()));
  }
  return fd;
}

// A new name is on the disk only once its folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

// The first so many bytes of it into the hash.
void hash_front(int fd, const std::filesystem::path& file, std::uint64_t bytes, Sha256& hash) {
  std::array<char, 65'536> part{};
  while (bytes > 0) {
    const ssize_t n = read(fd, part.data(), std::min<std::uint64_t>(bytes, part.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) cannot_go_on(file, n < 0 ? errno : EIO);
    hash.update({part.data(), static_cast<std::size_t>(n)});
    bytes -= static_cast<std::uint64_t>(n);
  }
}

// Returns 0, or the error number.
int write_whole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  while (fdatasync(fd) != 0) {
    if (errno == EINVAL || errno == ENOTSUP) return 0;  // a file system that has nothing to flush
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

void Writer::State::undo_and_throw(int error) {
  const bool undone = ftruncate(fd, bytes) == 0;
  closed = closed || !undone;  // half a line must stay the last one
  const std::string what = out_of_space(error) ? "the disk is full" : "the disk refused it";
  throw UserError(fmt::format("A line did not reach '{}': {} ({}); its {} lines so far are {}.", file.string(), what,
                              reason(error), lines, undone ? "whole" : "readable"));
}

void Writer::State::append(const std::string& line) {
  if (const int error = write_whole(fd, line); error != 0) undo_and_throw(error);
  bytes += static_cast<off_t>(line.size());
  lines += 1;
  hash.update(line);
  if (!echo) return;
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

Writer::Writer(const std::filesystem::path& folder, bool echo) : state_(std::make_unique<State>()) {
  state_->folder = folder;
  state_->file = folder / "run.jsonl";
  state_->echo = echo;
  make_folder(folder);
  state_->fd = open_new(state_->file);
  sync_folder(folder);
}

Writer::Writer() : state_(std::make_unique<State>()) {}
Writer::Writer(Writer&&) noexcept = default;
Writer::~Writer() = default;

Writer Writer::resume(const std::filesystem::path& folder, const StoredRun& run, bool echo) {
  Writer writer;
  State& state = *writer.state_;
  state.folder = folder;
  state.file = folder / "run.jsonl";
  state.echo = echo;
  state.fd = open_again(state.file);
  struct stat now {};
  if (fstat(state.fd, &now) != 0) cannot_go_on(state.file, errno);
  if (static_cast<std::uint64_t>(now.st_size) != run.file_bytes)
    throw UserError(fmt::format("Another run wrote to '{}' just now; try again.", state.file.string()));
  state.bytes = static_cast<off_t>(run.bytes);
  state.lines = run.lines.size();
  hash_front(state.fd, state.file, run.bytes, state.hash);
  if (ftruncate(state.fd, state.bytes) != 0) cannot_go_on(state.file, errno);
  return writer;
}

void Writer::write(const nlohmann::json& line) {
  if (state_->closed) throw std::logic_error("a record is written to after its end");
  // What a plugin printed may be no UTF-8: such bytes become U+FFFD.
  state_->append(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
}

void Writer::write_beside(const std::string& name, const std::string& text) {
  try {
    write_file_atomically(state_->folder / name, text);
  } catch (const SystemError& error) {
    throw UserError(fmt::format("'{}' can't be written: {}.", (state_->folder / name).string(), error.what()));
  }
}

void Writer::footer() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  const std::uint64_t ended =
      static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_nsec);
  write({{"record", "footer"}, {"sha256", state_->hash.hex()}, {"lines", state_->lines}, {"ended_realtime_ns", ended}});
  state_->closed = true;
}

const std::filesystem::path& Writer::folder() const { return state_->folder; }

}  // namespace fairground::record
