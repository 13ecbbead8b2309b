// stand_guard() and say(): the child's side of child.hpp.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/descendants.hpp"
#include "load/child.hpp"

namespace fairground::load {
namespace {

constexpr int told_to_end = 124;

// End as the loader did, so that the supervisor sees through the guard.
[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    signal(number, SIG_DFL);
    sigset_t it;
    sigemptyset(&it);
    sigaddset(&it, number);
    sigprocmask(SIG_UNBLOCK, &it, nullptr);
    raise(number);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : told_to_end);
}

[[noreturn]] void guard(pid_t loader, const sigset_t& awaited) {
  while (true) {
    const int number = sigwaitinfo(&awaited, nullptr);
    if (number < 0) continue;
    if (number != SIGCHLD) {
      end_descendants({});
      _exit(told_to_end);
    }
    int status = 0;
    for (pid_t reaped = 0; (reaped = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (reaped != loader) continue;
      end_descendants({});
      end_like(status);
    }
  }
}

// Plugins crash in here: no core files, and no handler of a sanitizer's that would turn the signal into an exit code.
void become_loader(pid_t guard) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != guard) _exit(told_to_end);
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void stand_guard() {
  fcntl(answer_fd, F_SETFD, FD_CLOEXEC);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  become_subreaper();
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&awaited, number);
  sigprocmask(SIG_BLOCK, &awaited, nullptr);
  const pid_t self = getpid();
  const pid_t loader = fork();
  if (loader < 0) _exit(told_to_end);
  if (loader > 0) guard(loader, awaited);
  become_loader(self);
}

void say(const nlohmann::json& line) {
  // Bytes that are no UTF-8 become U+FFFD.
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = write(answer_fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

}  // namespace fairground::load
