// This program executed anew, asked something, and heard out within a deadline.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fairground::load {

// The descriptor on which a child answers. Its standard output and error go nowhere, so that a plugin which prints
// can't spoil the answer.
inline constexpr int answer_fd = 3;

class Child {
 public:
  // Starts it with these arguments and this text on standard input. Throws SystemError.
  Child(const std::vector<std::string>& arguments, const std::string& input);
  ~Child();  // ends it
  Child(Child&&) noexcept;
  Child& operator=(Child&&) = delete;

  // Wait until it ends or monotonic time passes the deadline; then it is ended. What it answered is in answer().
  void finish(std::uint64_t deadline_ns);
  [[nodiscard]] const std::string& answer() const { return answer_; }
  // "" if it ended well; else how: "was ended by signal 11 (Segmentation fault)", "did not answer within its time".
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void end();
  pid_t pid_ = -1;
  int answer_read_ = -1;
  std::string answer_, trouble_;
};

}  // namespace fairground::load
