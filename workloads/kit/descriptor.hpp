// File descriptors that close themselves, and what to say of a system call that failed.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <fairground/workload.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace fairground::kit {

// What to say of a failed call. Where room or descriptors ran out, that is this machine's matter and not a bug.
[[noreturn]] inline void throw_errno(int error, const std::string& what) {
  const std::string text = what + ": " + std::generic_category().message(error);
  if (error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
    throw no_resource(text);
  throw std::runtime_error(text);
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { reset(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    fd_ = std::exchange(other.fd_, -1);
    return *this;
  }
  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_ = -1;
};

}  // namespace fairground::kit
