// The two ways in which the harness gives up: the user's input is bad, or the system refused.
#pragma once

#include <stdexcept>
#include <string>

namespace fairground {

// Bad input or usage: one sentence saying what was wrong, where, and what to do. Ends the program with exit code 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A system call that should have worked did not; the text names it and the reason (strerror).
class SystemError : public std::runtime_error {
 public:
  SystemError(const std::string& what, int error_number);
  [[nodiscard]] int error_number() const noexcept { return error_number_; }

 private:
  int error_number_;
};

}  // namespace fairground
