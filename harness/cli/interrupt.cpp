#include "cli/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <thread>

#include "base/descendants.hpp"
#include "base/error.hpp"
#include "cli/screen.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {
namespace {

std::atomic<int> signals{0};
int wake_up[2] = {-1, -1};

void on_signal(int) {
  const int saved = errno;
  if (signals.fetch_add(1) > 0) {
    [[maybe_unused]] const ssize_t n = write(wake_up[1], "!", 1);
  }
  errno = saved;
}

void on_broken_pipe(int) {}

// Ending processes takes more than a signal handler may do.
void end_at_second_signal(int terminal_descriptor) {
  char byte = 0;
  while (read(wake_up[0], &byte, 1) != 1) {
  }
  Screen::restore_cursor(terminal_descriptor);
  end_descendants({});
  _exit(130);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts(int terminal_descriptor) {
  if (pipe2(wake_up, O_CLOEXEC) != 0) throw SystemError("pipe2", errno);
  std::thread(end_at_second_signal, terminal_descriptor).detach();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) handle(signal, on_signal);
  handle(SIGPIPE, on_broken_pipe);
}

bool interrupted() { return signals.load(std::memory_order_relaxed) > 0; }

}  // namespace fairground::cli
