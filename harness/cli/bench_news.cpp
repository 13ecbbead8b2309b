#include "cli/bench_news.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.hpp"

namespace fairground::cli {

// A short line is one write, which other threads' lines can't come between (PIPE_BUF).
void BenchNews::say(char what, const std::string& step) const {
  constexpr std::size_t longest = 512;
  const std::string line = what + step.substr(0, longest) + '\n';
  (void)!write(fd_, line.data(), line.size());
}

BenchWatch::BenchWatch(int fd, std::uint64_t deadline_ns)
    : fd_(fd), deadline_ns_(deadline_ns), heard_ns_(monotonic_ns()) {}

void BenchWatch::listen() {
  std::array<char, 65'536> part{};
  const ssize_t n = read(fd_, part.data(), part.size());
  if (n <= 0) return;
  heard_ns_ = monotonic_ns();
  rest_.append(part.data(), static_cast<std::size_t>(n));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
    take(rest_.substr(begin, end - begin));
  rest_.erase(0, begin);
}

void BenchWatch::take(const std::string& line) {
  if (line.empty()) return;
  const std::string step = line.substr(1);
  if (line[0] == 'r') ready_ = true;
  if (line[0] == '+') steps_.push_back(step);
  if (line[0] == '-') {
    const auto found = std::find(steps_.begin(), steps_.end(), step);
    if (found != steps_.end()) steps_.erase(found);
  }
  if (line[0] == 'd') {
    done_ = true;
    steps_ = {"the end of the process"};
  }
}

bool BenchWatch::late() const { return !steps_.empty() && monotonic_ns() - heard_ns_ > deadline_ns_; }

}  // namespace fairground::cli
