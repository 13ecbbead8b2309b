#include "load/elf_file.hpp"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

namespace fairground::load {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

#if defined(__x86_64__)
constexpr unsigned this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned this_machine = EM_AARCH64;
#else
#error "this machine is not supported"
#endif

constexpr std::uint64_t most_segments = 4096;

// Closes itself.
class File {
 public:
  // Without O_NONBLOCK a named pipe would make us wait for its writer.
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool read_at(std::uint64_t offset, void* into, std::size_t bytes) const {
    return pread(fd_, into, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
  }

 private:
  int fd_;
};

// Where a part of the file ends that begins at `offset`, saturated.
std::uint64_t end_of(std::uint64_t offset, std::uint64_t bytes) {
  std::uint64_t end = 0;
  return __builtin_add_overflow(offset, bytes, &end) ? UINT64_MAX : end;
}

// How long the file has to be for what its headers say.
std::uint64_t bytes_wanted(const File& file, const Header& header, std::uint64_t size) {
  std::uint64_t wanted =
      std::max(end_of(header.e_phoff, std::uint64_t{header.e_phnum} * header.e_phentsize),
               header.e_shoff == 0 ? 0 : end_of(header.e_shoff, std::uint64_t{header.e_shnum} * header.e_shentsize));
  if (wanted > size || header.e_phentsize != sizeof(Segment) || header.e_phnum > most_segments) return wanted;
  std::vector<Segment> segments(header.e_phnum);
  if (!file.read_at(header.e_phoff, segments.data(), segments.size() * sizeof(Segment))) return wanted;
  for (const Segment& segment : segments) {
    if (segment.p_type == PT_LOAD) wanted = std::max(wanted, end_of(segment.p_offset, segment.p_filesz));
  }
  return wanted;
}

std::string check_elf(const File& file, std::uint64_t size) {
  Header header{};
  const std::size_t there = std::min<std::uint64_t>(size, sizeof header);
  if (!file.read_at(0, &header, there)) return fmt::format("it can't be read ({})", std::strerror(errno));
  if (std::memcmp(header.e_ident, ELFMAG, std::min<std::size_t>(there, SELFMAG)) != 0 || there < SELFMAG) {
    return "it is no ELF file, so no shared object";
  }
  if (there < sizeof header) return fmt::format("it is cut short after {} bytes; build or copy it again", size);
  constexpr unsigned char this_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (header.e_ident[EI_CLASS] != this_class || header.e_ident[EI_DATA] != ELFDATA2LSB ||
      header.e_machine != this_machine) {
    return "it is built for another kind of machine; build it on this one";
  }
  if (header.e_type != ET_DYN) return "it is no shared object, though an ELF file; link it with -shared";
  const std::uint64_t wanted = bytes_wanted(file, header, size);
  if (wanted <= size) return "";
  return fmt::format("it is cut short after {} of {} bytes; build or copy it again", size, wanted);
}

}  // namespace

std::string why_no_shared_object(const std::string& path) {
  const File file(path);
  if (file.fd() < 0) {
    return errno == ENOENT ? "there is no such file" : fmt::format("it can't be read ({})", std::strerror(errno));
  }
  struct stat status {};
  if (fstat(file.fd(), &status) != 0) return fmt::format("it can't be read ({})", std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return "it is a folder; name the shared object in it";
  if (!S_ISREG(status.st_mode)) return "it is no regular file";
  if (status.st_size == 0) return "the file is empty; build or copy it again";
  return check_elf(file, static_cast<std::uint64_t>(status.st_size));
}

}  // namespace fairground::load
