// What the process that benchmarks tells the one that waits for it, line by line through a pipe: which function of a
// workload it is in, and that it came to its end. The plugin could write there too; then it is told wrong about itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fairground::cli {

// The telling side. [any thread]
class BenchNews {
 public:
  explicit BenchNews(int fd) : fd_(fd) {}
  void begins(const std::string& step) const { say('+', step); }
  void ends(const std::string& step) const { say('-', step); }
  void ready() const { say('r', ""); }  // Google Benchmark took its arguments
  void done() const { say('d', ""); }  // nothing of a plugin's is called any more, but what it does as its process ends

 private:
  void say(char what, const std::string& step) const;
  int fd_;
};

// The listening side.
class BenchWatch {
 public:
  BenchWatch(int fd, std::uint64_t deadline_ns);  // the pipe's read end, non-blocking
  void listen();                                  // take what was said meanwhile
  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] bool done() const { return done_; }
  // The step that it has been in for longest; empty: none.
  [[nodiscard]] std::string step() const { return steps_.empty() ? "" : steps_.front(); }
  // It is in one, and nothing was heard for the deadline.
  [[nodiscard]] bool late() const;
  [[nodiscard]] std::uint64_t deadline_ns() const { return deadline_ns_; }

 private:
  void take(const std::string& line);
  int fd_;
  std::uint64_t deadline_ns_;
  std::uint64_t heard_ns_;
  std::string rest_;
  std::vector<std::string> steps_;
  bool ready_ = false, done_ = false;
};

}  // namespace fairground::cli
