#include "trial/launch.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "base/descendants.hpp"
#include "base/error.hpp"
#include "load/program.hpp"
#include "trial/worker.hpp"

namespace fairground::trial {

namespace {

[[noreturn]] void refuse(const Board& board, const char* why) {
  report(board.header(), FG_NO_RESOURCE, Phase::launch, -1, why);
  _exit(127);
}

// In the forked child: only async-signal-safe calls. Descriptors go to their numbers by way of high ones, so that none
// is overwritten before it is moved.
[[noreturn]] void exec_warden(const Board& board, const char* program, int null, int output, int lifeline, int event) {
  const std::array<int, 3> given{board.fd(), lifeline, event};
  std::array<int, 3> high{};
  for (std::size_t i = 0; i < given.size(); ++i) high[i] = fcntl(given[i], F_DUPFD, 64);
  const int out = fcntl(output, F_DUPFD, 64);
  if (out < 0) refuse(board, "the machine refused descriptors to the trial's program");
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
  refuse(board, "the machine refused to execute the trial's program");
}

struct Pipe {
  Descriptor read, write;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw SystemError("making a pipe", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

Launched launch(const Board& board) {
  Pipe lifeline = make_pipe();
  Pipe output = make_pipe();
  Launched out;
  out.event = Descriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (out.event.get() < 0) throw SystemError("opening descriptors for a trial", errno);
  const Descriptor null(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (null.get() < 0) throw SystemError("opening descriptors for a trial", errno);
  const std::string program = load::program_path();

  out.warden = fork();
  if (out.warden == 0) {
    close(lifeline.write.get());  // else this child would keep its own lifeline alive
    exec_warden(board, program.c_str(), null.get(), output.write.get(), lifeline.read.get(), out.event.get());
  }
  if (out.warden < 0) throw SystemError("starting a trial's process", errno);
  out.warden_pidfd = Descriptor(open_pidfd(out.warden));
  out.lifeline = std::move(lifeline.write);
  out.output = std::move(output.read);
  fcntl(out.output.get(), F_SETFL, O_NONBLOCK);
  fcntl(out.output.get(), F_SETPIPE_SZ, output_pipe_bytes);
  return out;
}

}  // namespace fairground::trial
