#include "trial/board.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <new>
#include <utility>

#include "base/error.hpp"

namespace fairground::trial {

namespace {

constexpr std::size_t slots_offset = (sizeof(Header) + 127) / 128 * 128;

std::size_t contenders_offset(std::uint32_t workers) { return slots_offset + std::size_t{workers} * sizeof(Slot); }
std::size_t notes_offset(std::uint32_t workers) {
  return contenders_offset(workers) + std::size_t{max_contenders} * sizeof(fg_contender_slot);
}
std::size_t spec_offset(std::uint32_t workers) {
  return notes_offset(workers) + std::size_t{max_contenders} * sizeof(ContenderNote);
}

// Where the probes' logs begin: a page of its own, as their lines are many.
std::size_t probes_offset(std::uint32_t workers, std::size_t spec_bytes) {
  return (spec_offset(workers) + spec_bytes + 4'095) / 4'096 * 4'096;
}

char* map(int fd, std::size_t bytes) {
  void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) throw SystemError("mapping the board", errno);
  return static_cast<char*>(base);
}

}  // namespace

const char* name(Phase phase) {
  static constexpr const char* names[phase_count] = {"launch", "load",    "create",   "configure", "setup", "pin",
                                                     "start",  "barrier", "warm-up",  "measure",   "stop",  "wake",
                                                     "join",   "verify",  "teardown", "destroy",   "done"};
  const auto i = static_cast<std::size_t>(phase);
  return i < phase_count ? names[i] : "unknown";
}

Board Board::create(std::uint32_t workers, const std::string& spec, std::uint32_t probe_level) {
  const int fd = memfd_create("fairground-board", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) throw SystemError("making the board", errno);
  const std::size_t probes = probe_level > 0 ? probes_offset(workers, spec.size()) : 0;
  const std::size_t logs = sizeof(OrderLog) + std::size_t{workers} * sizeof(ProbeLog);
  const std::size_t bytes = probes > 0 ? probes + logs : spec_offset(workers) + spec.size();
  // Sealed, so that a plugin that finds the file can't cut it short under the supervisor's feet (SIGBUS).
  if (ftruncate(fd, static_cast<off_t>(bytes)) != 0 ||
      fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    const int why = errno;
    close(fd);
    throw SystemError("sizing the board", why);
  }
  Board board(fd, map(fd, bytes), bytes, workers, spec.size(), probes);
  Header& header = *new (board.base_) Header{};
  header.worker_count = workers;
  header.spec_bytes = spec.size();
  header.probe_level = probe_level;
  header.body_wait_status = -1;
  for (std::uint32_t i = 0; i < workers; ++i) new (&board.slot(i)) Slot;  // zero pages are its initial state
  std::memcpy(board.base_ + spec_offset(workers), spec.data(), spec.size());
  return board;
}

Board Board::open(int fd) {
  struct stat st {};
  if (fstat(fd, &st) != 0) throw SystemError("opening the board", errno);
  char* base = map(fd, static_cast<std::size_t>(st.st_size));
  const Header& header = *reinterpret_cast<Header*>(base);
  return {fd,
          base,
          static_cast<std::size_t>(st.st_size),
          header.worker_count,
          header.spec_bytes,
          header.probe_level > 0 ? probes_offset(header.worker_count, header.spec_bytes) : 0};
}

Board::Board(Board&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      base_(std::exchange(other.base_, nullptr)),
      bytes_(other.bytes_),
      workers_(other.workers_),
      spec_bytes_(other.spec_bytes_),
      probes_(other.probes_) {}

Board::~Board() {
  if (base_ != nullptr) munmap(base_, bytes_);
  close_file();
}

void Board::close_file() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

Slot& Board::slot(std::uint32_t i) const { return reinterpret_cast<Slot*>(base_ + slots_offset)[i]; }

fg_contender_slot* Board::contenders() const {
  return reinterpret_cast<fg_contender_slot*>(base_ + contenders_offset(workers_));
}

ContenderNote* Board::contender_notes() const {
  return reinterpret_cast<ContenderNote*>(base_ + notes_offset(workers_));
}

std::string Board::spec() const { return {base_ + spec_offset(workers_), spec_bytes_}; }

void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint64_t timeout_ns) {
  const timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000u),
                         static_cast<long>(timeout_ns % 1'000'000'000u)};
  syscall(SYS_futex, &word, FUTEX_WAIT, value, &timeout, nullptr, 0);
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace fairground::trial
