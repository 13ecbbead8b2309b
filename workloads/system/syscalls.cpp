// syscalls: cheap system calls in turn, each with an answer that is known: what entering and leaving the kernel costs,
// and whether it answers right while everything else happens.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;
using fairground::kit::Descriptor;

// What a worker knows beforehand.
struct Known {
  Descriptor null, zero;
  ino_t inode = 0;
  long process = 0, thread = 0, parent = 0;
  std::int64_t last_ns = 0;
  int out_of = 0;  // errno of a call for which the machine had nothing left
};

struct Call {
  const char* name;
  bool (*right)(Known&);
};
// Through syscall(2) where the C library would answer from memory of its own.
struct KnownCalls {
  static constexpr std::array<Call, 12> all{{
      {"getpid", [](Known& l) { return ::syscall(SYS_getpid) == l.process; }},
      {"gettid", [](Known& l) { return ::syscall(SYS_gettid) == l.thread; }},
      {"getppid", [](Known& l) { return ::syscall(SYS_getppid) == l.parent; }},
      {"clock_gettime",
       [](Known& l) {
         timespec t{};
         if (::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t) != 0) return false;
         const std::int64_t now = std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec, before = l.last_ns;
         l.last_ns = now;
         return now >= before;
       }},
      {"read of /dev/zero",
       [](Known& l) {
         std::uint64_t word = UINT64_MAX;
         return ::read(l.zero.get(), &word, sizeof word) == sizeof word && word == 0;
       }},
      {"write to /dev/null", [](Known& l) { return ::write(l.null.get(), "fairgrnd", 8) == 8; }},
      {"fstat",
       [](Known& l) {
         struct stat status {};
         return ::fstat(l.null.get(), &status) == 0 && status.st_ino == l.inode && S_ISCHR(status.st_mode);
       }},
      {"dup and close",
       [](Known& l) {
         const int copy = ::dup(l.null.get());
         if (copy < 0 && (errno == EMFILE || errno == ENFILE)) l.out_of = errno;
         return copy >= 0 && copy != l.null.get() && ::close(copy) == 0;
       }},
      {"fcntl", [](Known& l) { return (::fcntl(l.null.get(), F_GETFL) & O_ACCMODE) == O_WRONLY; }},
      {"getrusage",
       [](Known&) {
         rusage usage{};
         return ::getrusage(RUSAGE_THREAD, &usage) == 0 && usage.ru_utime.tv_usec < 1'000'000;
       }},
      {"sched_getaffinity",
       [](Known&) {
         cpu_set_t units;
         CPU_ZERO(&units);
         return ::sched_getaffinity(0, sizeof units, &units) != 0 ? errno == EINVAL : CPU_COUNT(&units) > 0;
       }},
      {"close of nothing", [](Known&) { return ::close(-1) == -1 && errno == EBADF; }},
  }};
};

template <class Calls = KnownCalls>
class Syscalls {
 public:
  static constexpr fairground::Description description{
      .id = "syscalls",
      .family = "system",
      .group = "kernel",
      .summary = "a mix of cheap system calls: identities, clocks, null devices, descriptors, an error",
      .operation = "system call",
      .invariant = "every call gives the answer that is known beforehand",
      .capabilities = FG_PROCESSES,
  };
  using Local = Known;

  explicit Syscalls(fairground::Host host) : host_(host) {}
  void setup() { wrong_ = host_.shared<Wrong>(host_.workers()); }
  void worker_start(Worker, Local& local) {
    local.null = open("/dev/null", O_WRONLY);
    local.zero = open("/dev/zero", O_RDONLY);
    struct stat status {};
    if (::fstat(local.null.get(), &status) != 0) fairground::kit::throw_errno(errno, "fstat");
    local.inode = status.st_ino;
    local.process = ::syscall(SYS_getpid);
    local.thread = ::syscall(SYS_gettid);
    local.parent = ::syscall(SYS_getppid);
  }

  void run(Worker w, Local& local) {
    Wrong& wrong = wrong_[w.index()];
    for (std::size_t k = 0; w.go(); w.count(), k = k + 1 == Calls::all.size() ? 0 : k + 1)
      if (__builtin_expect(!Calls::all[k].right(local), 0)) {
        if (local.out_of != 0) fairground::kit::throw_errno(local.out_of, Calls::all[k].name);
        ++wrong.answers[k];
      }
  }

  void verify() {
    for (std::size_t k = 0; k < Calls::all.size(); ++k) {
      std::uint64_t count = 0;
      for (std::uint32_t i = 0; i < host_.workers(); ++i) count += wrong_[i].answers[k];
      if (count > 0)
        throw fairground::wrong(std::string(Calls::all[k].name) + " answered wrong " + std::to_string(count) +
                                " times");
    }
  }

 private:
  struct alignas(fairground::kit::line) Wrong {
    std::uint64_t answers[Calls::all.size()];
  };
  static Descriptor open(const char* path, int flags) {
    Descriptor file(::open(path, flags | O_CLOEXEC));
    if (file.get() < 0) fairground::kit::throw_errno(errno, path);
    return file;
  }

  fairground::Host host_;
  Wrong* wrong_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(syscalls, Syscalls<>)
