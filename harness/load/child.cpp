#include "load/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "load/program.hpp"

namespace fairground::load {
namespace {

// In the forked child: async-signal-safe calls only.
[[noreturn]] void exec_self(const std::string& program, char* const* argv, int input, int answer, int null) {
  const int high_answer = fcntl(answer, F_DUPFD, 64);
  const int high_input = fcntl(input, F_DUPFD, 64);
  dup2(high_input, 0);
  dup2(null, 1);
  dup2(null, 2);
  dup2(high_answer, answer_fd);
  close(high_answer);
  close(high_input);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execv(program.c_str(), argv);
  _exit(127);
}

int input_file(const std::string& text) {
  const int fd = memfd_create("fairground-input", MFD_CLOEXEC);
  if (fd < 0) throw SystemError("making a child's input", errno);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

}  // namespace

Child::Child(const std::vector<std::string>& arguments, const std::string& input) {
  std::array<int, 2> answer{};
  if (pipe2(answer.data(), O_CLOEXEC) != 0) throw SystemError("making a pipe", errno);
  const int in = input_file(input);
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const std::string program = program_path();
  std::string name = "fairground";
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) exec_self(program, argv.data(), in, answer[1], null);
  const int why = errno;
  close(in);
  close(null);
  close(answer[1]);
  answer_read_ = answer[0];
  if (pid_ < 0) throw SystemError("starting a child", why);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      answer_read_(std::exchange(other.answer_read_, -1)),
      answer_(std::move(other.answer_)),
      trouble_(std::move(other.trouble_)) {}

Child::~Child() {
  end();
  if (answer_read_ >= 0) close(answer_read_);
}

void Child::end() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Child::finish(std::uint64_t deadline_ns) {
  std::array<char, 65'536> part{};
  while (true) {
    const std::uint64_t now = monotonic_ns();
    if (now >= deadline_ns || answer_.size() > (std::size_t{64} << 20)) {
      trouble_ = "did not answer within its time";
      end();
      return;
    }
    pollfd watched{answer_read_, POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>((deadline_ns - now) / 1'000'000u + 1)) <= 0) continue;
    const ssize_t n = read(answer_read_, part.data(), part.size());
    if (n <= 0) break;
    answer_.append(part.data(), static_cast<std::size_t>(n));
  }
  int status = 0;  // the pipe is closed; what a plugin forked might still hold it open, hence the deadline above
  for (pid_t got = 0; (got = waitpid(pid_, &status, WNOHANG)) == 0; usleep(500)) {
    if (monotonic_ns() < deadline_ns) continue;
    trouble_ = "did not end within its time";
    end();
    return;
  }
  pid_ = -1;
  if (WIFSIGNALED(status)) {
    trouble_ = fmt::format("was ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
  } else if (WEXITSTATUS(status) != 0) {
    trouble_ = fmt::format("exited with code {}", WEXITSTATUS(status));
  }
}

}  // namespace fairground::load
