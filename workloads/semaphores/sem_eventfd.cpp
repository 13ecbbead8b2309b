// sem-eventfd: eventfd(2) in semaphore mode: a read takes one, a write of 1 gives one. Every call goes to the kernel,
// but it can wait beside sockets in poll and epoll. Its workers inherit the descriptor.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

#include "kit/descriptor.hpp"
#include "kit/semaphore.hpp"

namespace {
using namespace fairground::kit;

struct EventFd {
  static constexpr SemaphoreInfo info{
      .id = "sem-eventfd",
      .summary = "eventfd in semaphore mode: each permit is a read, each release a write",
      .processes = true,
  };
  void init(const SemaphoreStart& start) {
    fd = ::eventfd(start.permits, EFD_SEMAPHORE | EFD_CLOEXEC);
    if (fd < 0) throw_errno(errno, "no room for another eventfd");
  }
  void acquire() {
    std::uint64_t one = 0;
    while (::read(fd, &one, sizeof one) != sizeof one)
      if (errno != EINTR) throw_errno(errno, "read of an eventfd");
  }
  bool acquire_within(std::int64_t ns) {
    pollfd readable{fd, POLLIN, 0};
    while (::poll(&readable, 1, static_cast<int>(ns / 1'000'000)) < 0)
      if (errno != EINTR) throw_errno(errno, "poll of an eventfd");
    if ((readable.revents & POLLIN) == 0) return false;
    acquire();
    return true;
  }
  void release() {
    const std::uint64_t one = 1;
    while (::write(fd, &one, sizeof one) != sizeof one)
      if (errno != EINTR) throw_errno(errno, "write of an eventfd");
  }
  void destroy() { ::close(fd); }

  int fd;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_eventfd, Permitted<EventFd>)
