// System V objects stay until somebody removes them, and a trial may end by kill -9. So its control thread moves to a
// namespace of its own, which the kernel empties when the last process in it has ended. Where that isn't permitted (it
// needs CAP_SYS_ADMIN), a child waits for the trial's death and removes them: within microseconds, but if that child
// is killed in the same moment, they stay.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

#include "kit/descriptor.hpp"

namespace fairground::kit {

// A child that removes sets of semaphores when the thread that made it has died. By its name the warden knows that it
// is to be given the time for that.
class Heir {
 public:
  // [control]
  Heir() {
    int ends[2];
    if (::pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) throw_errno(errno, "pipe");
    from_ = Descriptor(ends[0]);
    to_ = Descriptor(ends[1]);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw_errno(errno, "fork");
    if (pid_ == 0) wait_for_death_of(parent);
  }
  ~Heir() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Heir(const Heir&) = delete;
  Heir& operator=(const Heir&) = delete;

  // [control] This set, too.
  void inherit(int set) {
    if (::write(to_.get(), &set, sizeof set) != sizeof set) throw_errno(ENOBUFS, "too many System V semaphores");
  }

 private:
  [[noreturn]] void wait_for_death_of(pid_t parent) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    ::prctl(PR_SET_NAME, "fg-heir");
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    int signal = 0;
    while (::getppid() == parent) sigwait(&all, &signal);
    for (int set = 0; ::read(from_.get(), &set, sizeof set) == sizeof set;) ::semctl(set, 0, IPC_RMID);
    ::_exit(0);
  }

  Descriptor from_, to_;
  pid_t pid_;
};

// The sets of semaphores that this process has made.
class SystemV {
 public:
  // [control] A set of one, with that value.
  static int make(int value) {
    if (sets_ == 0 && ::unshare(CLONE_NEWIPC) != 0) heir_.emplace();
    const int set = ::semget(IPC_PRIVATE, 1, 0600);
    if (set < 0 || ::semctl(set, 0, SETVAL, value) != 0) {
      const int error = errno;
      if (set >= 0) ::semctl(set, 0, IPC_RMID);
      if (sets_ == 0) heir_.reset();
      throw_errno(error, "no room for another System V semaphore");
    }
    ++sets_;
    if (heir_) heir_->inherit(set);
    return set;
  }
  // [control]
  static void remove(int set) {
    ::semctl(set, 0, IPC_RMID);
    if (--sets_ == 0) heir_.reset();
  }

 private:
  inline static unsigned sets_ = 0;
  inline static std::optional<Heir> heir_;
};

}  // namespace fairground::kit
