// epoll, with a number for each descriptor.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "kit/descriptor.hpp"

namespace fairground::kit {

class Poller {
 public:
  Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_.get() < 0) throw_errno(errno, "epoll_create1");
  }

  // Level-triggered: `number` comes again as long as there is something to read, or a hang-up.
  void add(int fd, std::uint32_t number) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = number;
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw_errno(errno, "epoll_ctl");
  }
  void remove(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

  // The next that is ready; sleeps until there is one. All that were ready have their turn before any comes again.
  std::uint32_t next() {
    while (at_ == ready_) {
      at_ = 0;
      ready_ = epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), -1);
      if (ready_ >= 0) continue;
      ready_ = 0;
      if (errno != EINTR) throw_errno(errno, "epoll_wait");
    }
    return events_[static_cast<std::size_t>(at_++)].data.u32;
  }

 private:
  Descriptor epoll_;
  std::array<epoll_event, 64> events_{};
  int at_ = 0, ready_ = 0;
};

}  // namespace fairground::kit
