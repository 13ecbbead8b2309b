// The warden of a trial: loads nothing, forks the body, and ends all that the body started, whoever dies first.
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "base/files.hpp"
#include "trial/body.hpp"
#include "trial/launch.hpp"
#include "trial/spec.hpp"
#include "trial/worker.hpp"

namespace fairground::trial {

namespace {

[[noreturn]] void become_body(Board& board, pid_t warden) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != warden) _exit(0);  // it died before it could be tied to us
  close(lifeline_fd);
  board.close_file();  // what is not there can't be misused
  _exit(body(board));
}

// Wait until the body ends, or the supervisor tells us, by a byte or by its death, to end it.
void await_end(int body_pidfd) {
  pollfd watched[2] = {{body_pidfd, POLLIN, 0}, {lifeline_fd, POLLIN, 0}};
  while (poll(watched, 2, -1) < 0 && errno == EINTR) {
  }
  if (watched[1].revents != 0) kill_pidfd(body_pidfd);
}

// A workload may leave what the kernel keeps for ever (System V semaphores) to a child of that name, which removes it
// when the body has been killed. It gets two seconds, and the units.
void wait_for_heirs() {
  const std::vector<pid_t> heirs = descendants_named("fg-heir");
  if (heirs.empty()) return;
  end_descendants(heirs);
  const std::uint64_t until = monotonic_ns() + 2'000'000'000u;
  for (const pid_t heir : heirs) {
    while (monotonic_ns() < until && waitpid(heir, nullptr, WNOHANG) == 0) usleep(1'000);
  }
}

}  // namespace

int warden_main(int, char**) {
  prctl(PR_SET_NAME, "fg-warden");
  setsid();  // keys pressed at the supervisor's terminal are the supervisor's business
  become_subreaper();
  Board board = Board::open(board_fd);
  const std::string scratch = scratch_of(board.spec());

  const pid_t warden = getpid();
  const pid_t pid = fork();
  if (pid == 0) become_body(board, warden);
  if (pid < 0) {
    const std::string text = std::string("the machine refused a second process: ") + std::strerror(errno);
    report(board.header(), FG_NO_RESOURCE, Phase::launch, -1, text.c_str());
  }
  if (pid > 0) {
    const int pidfd = open_pidfd(pid);
    board.header().body_pid = pid;
    await_end(pidfd);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    board.header().body_wait_status = status;
    if (WIFSIGNALED(status)) wait_for_heirs();
  }
  end_descendants({});
  if (!scratch.empty()) remove_tree(scratch);
  return pid < 0 ? 1 : 0;
}

}  // namespace fairground::trial
