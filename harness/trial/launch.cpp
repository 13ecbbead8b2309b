#include "trial/launch.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/descendants.hpp"
#include "base/error.hpp"
#include "load/program.hpp"

namespace fairground::trial {

namespace {

// In the forked child: only async-signal-safe calls. Descriptors go to their numbers by way of high ones, so that none
// is overwritten before it is moved.
[[noreturn]] void exec_warden(const char* program, int null, int output, const std::array<int, 3>& given) {
  std::array<int, 3> high{};
  for (std::size_t i = 0; i < given.size(); ++i) high[i] = fcntl(given[i], F_DUPFD, 64);
  const int out = fcntl(output, F_DUPFD, 64);
  dup2(null, 0);
  dup2(out, 1);
  dup2(out, 2);
  for (std::size_t i = 0; i < given.size(); ++i) {
    dup2(high[i], board_fd + static_cast<int>(i));
    close(high[i]);
  }
  close(out);
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  char* const argv[] = {const_cast<char*>("fairground"), const_cast<char*>("--warden"), nullptr};
  execv(program, argv);
  _exit(127);
}

}  // namespace

Launched launch(const Board& board) {
  int lifeline[2];
  int output[2];
  if (pipe2(lifeline, O_CLOEXEC) != 0) throw SystemError("making a pipe", errno);
  if (pipe2(output, O_CLOEXEC) != 0) throw SystemError("making a pipe", errno);
  Launched out;
  out.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out.event < 0 || null < 0) throw SystemError("opening descriptors for a trial", errno);
  const std::string program = load::program_path();

  out.warden = fork();
  if (out.warden == 0) {
    close(lifeline[1]);  // else this child would keep its own lifeline alive
    exec_warden(program.c_str(), null, output[1], {board.fd(), lifeline[0], out.event});
  }
  const int why = errno;
  close(null);
  close(lifeline[0]);
  close(output[1]);
  out.lifeline = lifeline[1];
  out.output = output[0];
  fcntl(out.output, F_SETFL, O_NONBLOCK);
  fcntl(out.output, F_SETPIPE_SZ, output_pipe_bytes);
  if (out.warden < 0) throw SystemError("starting a trial's process", why);
  out.warden_pidfd = open_pidfd(out.warden);
  return out;
}

}  // namespace fairground::trial
