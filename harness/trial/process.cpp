#include "trial/process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/descendants.hpp"

namespace fairground::trial {

namespace {

constexpr std::size_t output_kept = 4'096;

Launched launch_kept(const Board& board) {
  Launched launched;
  start_kept([&] {
    launched = launch(board);
    return launched.warden;
  });
  return launched;
}

}  // namespace

Process::Process(const Board& board) : board_(board), launched_(launch_kept(board)) {}

Process::~Process() { end(); }

void Process::wait(std::uint64_t timeout_ns) {
  pollfd watched[2] = {{launched_.warden_pidfd.get(), POLLIN, 0}, {launched_.event.get(), POLLIN, 0}};
  const timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000u),
                         static_cast<long>(timeout_ns % 1'000'000'000u)};
  const int woken = ppoll(watched, 2, &timeout, nullptr);
  if (launched_.output.get() >= 0) read_output();  // not polled for: a plugin that prints would wake us at every line
  if (woken <= 0) return;
  if (watched[1].revents != 0) {
    eventfd_t ignored = 0;
    eventfd_read(launched_.event.get(), &ignored);
  }
  if (watched[0].revents != 0) reap();
}

// At most what the pipe holds, so that a plugin that prints without end can't keep the supervisor from its samples.
void Process::read_output() {
  std::array<char, 65'536> part;
  for (int i = 0; i < output_pipe_bytes / 65'536; ++i) {
    const ssize_t n = read(launched_.output.get(), part.data(), part.size());
    if (n <= 0) {
      if (n == 0) launched_.output.close();  // all writers are gone
      return;
    }
    output_.append(part.data(), static_cast<std::size_t>(n));
    if (output_.size() > output_kept) output_.erase(0, output_.size() - output_kept);
  }
}

void Process::reap() {
  if (ended_ || launched_.warden <= 0) return;
  if (launched_.output.get() >= 0) read_output();
  if (waitpid(launched_.warden, &warden_status_, 0) == launched_.warden) ended_ = true;
  sweep();
}

// A warden that was killed itself leaves what it guarded to us, its own subreaper.
void Process::sweep() {
  let_go(launched_.warden);
  if (warden_status_ != 0) end_strays();
}

void Process::end() {
  if (ended_) return;
  const char byte = 'k';
  (void)!write(launched_.lifeline.get(), &byte, 1);
  const std::uint64_t give_up = monotonic_ns() + 12'000'000'000u;
  while (!ended_ && monotonic_ns() < give_up) wait(20'000'000);
  if (!ended_) {  // the warden itself doesn't answer
    kill_pidfd(launched_.warden_pidfd.get());
    reap();
  }
}

void Process::question(std::int32_t pid, std::int32_t tid) {
  if (pid <= 0 || tid <= 0 || syscall(SYS_tgkill, pid, tid, SIGRTMAX) != 0) return;
  const std::uint64_t until = monotonic_ns() + 50'000'000;
  while (!ended_ && board_.header().crash.frame_count.load() == 0 && monotonic_ns() < until) wait(2'000'000);
}

}  // namespace fairground::trial
