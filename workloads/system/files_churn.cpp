// files-churn: each worker creates, writes, renames, links and unlinks files in a folder of its own, beside a model in
// memory of what the folder holds; the folder is held against the model all along and at the end.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fairground/workload.hpp>
#include <optional>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Descriptor;

class FilesChurn {
 public:
  static constexpr fairground::Description description{
      .id = "files-churn",
      .family = "system",
      .group = "file",
      .summary =
          "files created, written, renamed, linked and unlinked: the file system's directories, inodes and journal",
      .operation = "change",
      .invariant = "the folder holds the files that the changes so far leave, with their contents and numbers of links",
      .capabilities = FG_PROCESSES | FG_FILES | FG_MAY_BLOCK,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::integer("names", &FilesChurn::names_, 64, 2, most_names, "that a worker's files may have"),
        fairground::size("size", &FilesChurn::size_, 512, 8, 1 << 16, "of what is written into a file"));
  }
  static constexpr std::int64_t most_names = 4096;
  // What a worker knows of its folder: the file behind each name, by the number that was written into it.
  struct Local {
    std::array<std::uint64_t, most_names> file{};  // of each name; 0: there is none
    std::uint64_t files = 0;                       // made so far
    std::string text;
  };

  explicit FilesChurn(fairground::Host host) : host_(host) {}
  void configure(const fairground::Configuration& c) { scratch_ = std::string(c.scratch()); }
  void setup() {
    faults_ = host_.shared<Fault>(host_.workers());
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      if (::mkdir(folder(i).c_str(), 0700) != 0) fairground::kit::throw_errno(errno, "mkdir");
  }

  void run(Worker w, Local& local) {
    const Descriptor folder_fd(::open(folder(w.index()).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder_fd.get() < 0) fairground::kit::throw_errno(errno, "open of the folder");
    const int folder = folder_fd.get();
    fairground::kit::Random random(w.seed());
    Fault& fault = faults_[w.index()];
    const auto names = static_cast<std::uint64_t>(names_);
    for (; w.go() && fault.text[0] == 0; w.count()) {
      const std::uint64_t a = random.below(names), b = (a + 1 + random.below(names - 1)) % names;
      switch (random.below(5)) {
        case 0:
          create(local, folder, a);
          break;
        case 1:
          change(local, folder, a, fault);
          break;
        case 2:
          rename(local, folder, a, b, fault);
          break;
        case 3:
          link(local, folder, a, b, fault);
          break;
        default:
          unlink(local, folder, a, fault);
      }
      check(local, folder, b, fault);
    }
    if (fault.text[0] == 0) check_all(local, folder, fault);
  }

  void verify() {
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      if (faults_[i].text[0] != 0) throw fairground::wrong("worker " + std::to_string(i) + ": " + faults_[i].text);
  }
  void teardown() {
    for (std::uint32_t i = 0; i < host_.workers(); ++i) {
      for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(names_); ++n)
        ::unlink((folder(i) + "/" + name(n).text).c_str());
      ::rmdir(folder(i).c_str());
    }
  }

 private:
  struct alignas(fairground::kit::line) Fault {
    char text[192];  // the first that this worker found
  };
  struct Name {
    char text[24];
  };
  static Name name(std::uint64_t n) {
    Name made{};
    std::snprintf(made.text, sizeof made.text, "f%llu", static_cast<unsigned long long>(n));
    return made;
  }
  [[nodiscard]] std::string folder(std::uint32_t worker) const { return scratch_ + "/churn-" + std::to_string(worker); }

  static void found(Fault& fault, const char* what, std::uint64_t n, const char* expected) {
    std::snprintf(fault.text, sizeof fault.text, "%s f%llu: %s, and not %s", what, static_cast<unsigned long long>(n),
                  errno != 0 ? std::generic_category().message(errno).c_str() : "it worked", expected);
  }
  // A call that has to work, or to fail with `expected`. Room may run out.
  static bool as_expected(int result, int expected, const char* what, std::uint64_t n, Fault& fault) {
    const int error = result < 0 ? errno : 0;
    if (error == expected) return error == 0;
    if (error == ENOSPC || error == EDQUOT || error == EMLINK || error == ENFILE || error == EMFILE || error == ENOMEM)
      fairground::kit::throw_errno(error, what);
    errno = error;
    found(fault, what, n, expected == 0 ? "done" : std::generic_category().message(expected).c_str());
    return false;
  }

  void write(Local& local, int file, std::uint64_t number) const {
    text_of(number, local.text);
    std::size_t done = 0;
    while (done < local.text.size()) {
      const ssize_t n = ::pwrite(file, local.text.data() + done, local.text.size() - done, static_cast<off_t>(done));
      if (n < 0 && errno != EINTR) fairground::kit::throw_errno(errno, "write");
      if (n > 0) done += static_cast<std::size_t>(n);
    }
  }
  void text_of(std::uint64_t number, std::string& text) const {
    text.resize(static_cast<std::size_t>(size_));
    std::uint64_t x = number;
    for (char& c : text) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      c = static_cast<char>('a' + (x >> 33) % 26);
    }
  }

  void create(Local& local, int folder, std::uint64_t n) const {
    Descriptor file(::openat(folder, name(n).text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (local.file[n] != 0) {
      if (file.get() >= 0 || errno != EEXIST) throw fairground::wrong("a name that was taken could be created");
      return;
    }
    if (file.get() < 0) fairground::kit::throw_errno(errno, "create");
    local.file[n] = ++local.files;
    write(local, file.get(), local.file[n]);
  }
  // Other contents for the file behind that name, and so for all names that it has.
  void change(Local& local, int folder, std::uint64_t n, Fault& fault) const {
    const Descriptor file(::openat(folder, name(n).text, O_WRONLY | O_CLOEXEC));
    if (!as_expected(file.get(), local.file[n] == 0 ? ENOENT : 0, "open", n, fault)) return;
    const std::uint64_t before = local.file[n], after = ++local.files;
    write(local, file.get(), after);
    for (std::int64_t i = 0; i < names_; ++i)
      if (local.file[i] == before) local.file[i] = after;
  }
  void rename(Local& local, int folder, std::uint64_t a, std::uint64_t b, Fault& fault) const {
    if (!as_expected(::renameat(folder, name(a).text, folder, name(b).text), local.file[a] == 0 ? ENOENT : 0, "rename",
                     a, fault))
      return;
    if (local.file[a] == local.file[b]) return;  // two names of one file: nothing happens (POSIX)
    local.file[b] = local.file[a];
    local.file[a] = 0;
  }
  void link(Local& local, int folder, std::uint64_t a, std::uint64_t b, Fault& fault) const {
    const int expected = local.file[a] == 0 ? ENOENT : local.file[b] != 0 ? EEXIST : 0;
    if (as_expected(::linkat(folder, name(a).text, folder, name(b).text, 0), expected, "link", a, fault))
      local.file[b] = local.file[a];
  }
  void unlink(Local& local, int folder, std::uint64_t n, Fault& fault) const {
    if (as_expected(::unlinkat(folder, name(n).text, 0), local.file[n] == 0 ? ENOENT : 0, "unlink", n, fault))
      local.file[n] = 0;
  }

  void check(Local& local, int folder, std::uint64_t n, Fault& fault) const {
    const Descriptor file(::openat(folder, name(n).text, O_RDONLY | O_CLOEXEC));
    if (!as_expected(file.get(), local.file[n] == 0 ? ENOENT : 0, "open", n, fault)) return;
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) fairground::kit::throw_errno(errno, "fstat");
    std::uint64_t links = 0;
    for (std::int64_t i = 0; i < names_; ++i) links += local.file[i] == local.file[n] ? 1 : 0;
    if (status.st_nlink != links || status.st_size != size_)
      std::snprintf(fault.text, sizeof fault.text, "f%llu has %llu names and %lld bytes, and not %llu and %lld",
                    static_cast<unsigned long long>(n), static_cast<unsigned long long>(status.st_nlink),
                    static_cast<long long>(status.st_size), static_cast<unsigned long long>(links),
                    static_cast<long long>(size_));
    std::string found(static_cast<std::size_t>(size_), '\0');
    const ssize_t bytes = ::pread(file.get(), found.data(), found.size(), 0);
    text_of(local.file[n], local.text);
    if (bytes != size_ || found != local.text)
      std::snprintf(fault.text, sizeof fault.text, "f%llu does not hold what was written last",
                    static_cast<unsigned long long>(n));
  }
  void check_all(Local& local, int folder, Fault& fault) const {
    std::uint64_t expected = 0, listed = 0;
    for (std::uint64_t n = 0; n < static_cast<std::uint64_t>(names_); ++n) {
      expected += local.file[n] != 0 ? 1 : 0;
      check(local, folder, n, fault);
    }
    const int copy = ::dup(folder);
    DIR* const all = copy < 0 ? nullptr : ::fdopendir(copy);
    if (all == nullptr) fairground::kit::throw_errno(errno, "list of the folder");
    while (const dirent* entry = ::readdir(all)) listed += entry->d_name[0] != '.' ? 1 : 0;
    ::closedir(all);
    if (listed != expected)
      std::snprintf(fault.text, sizeof fault.text, "the folder lists %llu names, and not %llu",
                    static_cast<unsigned long long>(listed), static_cast<unsigned long long>(expected));
  }

  fairground::Host host_;
  std::int64_t names_ = 0, size_ = 0;
  std::string scratch_;
  Fault* faults_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(files_churn, FilesChurn)
