// ask(): the supervisor's side of child.hpp.
#include "load/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/affinity.hpp"
#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "base/descriptor.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

constexpr std::uint64_t grace_ns = 2'000'000'000;  // for a guard to end what it guards
constexpr std::size_t longest_answer = std::size_t{64} << 20;

// In the forked child: async-signal-safe calls only.
[[noreturn]] void exec_guard(const char* program, char* const* argv, pid_t parent, int input, int answer, int null) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);  // it died before that took effect
  // By way of high numbers, so that none is overwritten before it is moved.
  const int high_input = fcntl(input, F_DUPFD, 64);
  const int high_answer = fcntl(answer, F_DUPFD, 64);
  const int high_null = fcntl(null, F_DUPFD, 64);
  dup2(high_input, STDIN_FILENO);
  dup2(high_null, STDOUT_FILENO);
  dup2(high_null, STDERR_FILENO);
  dup2(high_answer, answer_fd);
  for (const int fd : {high_input, high_answer, high_null}) close(fd);
  // What a parent ignores or blocks stays so across exec, and a plugin is not asked under such terms.
  for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP, SIGCHLD}) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execv(program, argv);
  _exit(127);
}

Descriptor file_with(const std::string& text) {
  Descriptor file(memfd_create("fairground-question", MFD_CLOEXEC));
  for (std::size_t done = 0; file.get() >= 0 && done < text.size();) {
    const ssize_t n = write(file.get(), text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return Descriptor();
    done += static_cast<std::size_t>(n);
  }
  if (file.get() >= 0) lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::string how_it_ended(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return info.si_status == 0 ? "" : fmt::format("exited with code {}", info.si_status);
  const char* name = sigabbrev_np(info.si_status);
  return fmt::format("was ended by SIG{} ({})", name == nullptr ? "?" : name, strsignal(info.si_status));
}

// One child on its way.
class Child {
 public:
  Child(const Question& question, Answer& answer) : answer_(&answer), heard_ns_(monotonic_ns()) { start(question); }
  Child(Child&&) = default;
  Child& operator=(Child&&) = default;

  [[nodiscard]] bool running() const { return pidfd_.get() >= 0; }
  [[nodiscard]] std::array<pollfd, 2> watched() const {
    return {pollfd{pidfd_.get(), POLLIN, 0}, pollfd{pipe_.get(), POLLIN, 0}};
  }
  // When tick() has something to do at the latest.
  [[nodiscard]] std::uint64_t due_ns(std::uint64_t silence_ns) const {
    return answer_->silent ? told_ns_ + grace_ns : heard_ns_ + silence_ns;
  }

  void tick(std::uint64_t silence_ns, bool ended) {
    listen();
    if (ended) return finish(silence_ns);
    const std::uint64_t now = monotonic_ns();
    if (now < due_ns(silence_ns)) return;
    // The guard is asked first, so that what the plugin started is ended too.
    syscall(SYS_pidfd_send_signal, pidfd_.get(), answer_->silent ? SIGKILL : SIGTERM, nullptr, 0);
    answer_->silent = true;
    told_ns_ = now;
  }

 private:
  void start(const Question& question) {
    std::array<int, 2> ends{-1, -1};
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return fail("making a pipe");
    pipe_ = Descriptor(ends[0]);
    const Descriptor write_end(ends[1]);
    fcntl(write_end.get(), F_SETFL, 0);
    const Descriptor input = file_with(question.input);
    const Descriptor null(open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (input.get() < 0 || null.get() < 0) return fail("opening a file");
    std::string name = "fairground";
    std::vector<std::string> arguments = question.arguments;
    std::vector<char*> argv{name.data()};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const std::string program = program_path();
    const pid_t parent = getpid();
    pid_ = start_kept([&] {
      const pid_t pid = fork();
      if (pid == 0) exec_guard(program.c_str(), argv.data(), parent, input.get(), write_end.get(), null.get());
      return pid;
    });
    if (pid_ < 0) return fail("fork");
    pidfd_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
    if (running()) return;
    fail("pidfd_open");
    kill(pid_, SIGKILL);  // it is our child and not reaped, so the number is still its own
    waitpid(pid_, nullptr, 0);
    let_go(pid_);
  }

  void fail(const char* what) {
    answer_->started = false;
    answer_->trouble = fmt::format("could not be started ({}: {})", what, std::strerror(errno));
  }

  void listen() {
    std::array<char, 65'536> part{};
    while (true) {
      const ssize_t n = read(pipe_.get(), part.data(), part.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return;
      received_ += static_cast<std::size_t>(n);
      if (received_ > longest_answer) return;  // no new line, so it falls silent
      rest_.append(part.data(), static_cast<std::size_t>(n));
      take_lines();
    }
  }

  void take_lines() {
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      nlohmann::json line = nlohmann::json::parse(rest_.substr(begin, end - begin), nullptr, false);
      if (!line.is_object()) continue;
      answer_->lines.push_back(std::move(line));
      heard_ns_ = monotonic_ns();
    }
    rest_.erase(0, begin);
  }

  void finish(std::uint64_t silence_ns) {
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) != 0) {
      answer_->trouble = "was reaped by somebody else";  // SIGCHLD is ignored
    } else {
      answer_->trouble = how_it_ended(info);
    }
    let_go(pid_);
    listen();
    if (answer_->silent)
      answer_->trouble = fmt::format("did not answer for {:.0f} s", static_cast<double>(silence_ns) / 1e9);
    pidfd_ = Descriptor();
  }

  Answer* answer_;
  std::uint64_t heard_ns_;
  std::uint64_t told_ns_ = 0;
  pid_t pid_ = -1;
  Descriptor pidfd_, pipe_;
  std::string rest_;
  std::size_t received_ = 0;
};

std::size_t most_at_once() { return 4 * std::max<std::size_t>(1, allowed_units(0).size()); }

// Sleep until a child has news or is due, then look after all.
void look_after(std::vector<Child>& children, std::uint64_t silence_ns) {
  std::vector<pollfd> watched;
  std::uint64_t due = UINT64_MAX;
  for (const Child& child : children) {
    for (const pollfd& one : child.watched()) watched.push_back(one);
    due = std::min(due, child.due_ns(silence_ns));
  }
  const std::uint64_t now = monotonic_ns();
  const std::uint64_t wait_ms = due > now ? (due - now) / 1'000'000 + 1 : 0;
  if (poll(watched.data(), watched.size(), static_cast<int>(std::min<std::uint64_t>(wait_ms, 60'000))) < 0) {
    for (pollfd& one : watched) one.revents = 0;  // a signal: nothing is known of them
  }
  for (std::size_t i = 0; i < children.size(); ++i) children[i].tick(silence_ns, watched[2 * i].revents != 0);
  std::erase_if(children, [](const Child& child) { return !child.running(); });
}

}  // namespace

std::vector<Answer> ask(const std::vector<Question>& questions, std::uint64_t silence_ns) {
  std::vector<Answer> answers(questions.size());
  std::vector<Child> children;
  const std::size_t at_once = most_at_once();
  for (std::size_t next = 0; next < questions.size() || !children.empty();) {
    if (next < questions.size() && children.size() < at_once) {
      Child child(questions[next], answers[next]);
      ++next;
      if (child.running()) children.push_back(std::move(child));
    } else {
      look_after(children, silence_ns);
    }
  }
  return answers;
}

}  // namespace fairground::load
