// sem-eventfd: eventfd(2) in semaphore mode: a read takes one, a write of 1 gives one. Every call goes to the kernel,
// but it can wait beside sockets in poll and epoll. Its workers inherit the descriptor.
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "kit/descriptor.hpp"
#include "kit/semaphore.hpp"
#include "kit/timespec.hpp"
#include "kit/tsan.h"

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
    for (const std::int64_t until = kit_now_ns() + ns;;) {
      if (taken_at_once()) return true;
      const std::int64_t left = until - kit_now_ns();
      if (left <= 0) return false;
      const timespec time = timespec_of(left);
      pollfd readable{fd, POLLIN, 0};
      if (::ppoll(&readable, 1, &time, nullptr) < 0 && errno != EINTR) throw_errno(errno, "ppoll of an eventfd");
    }
  }
  // A descriptor that never blocks would have acquire wait in poll, and be another semaphore.
  bool taken_at_once() {
    std::uint64_t value = 0;
    iovec one{&value, sizeof value};
    for (;;) {
      if (::preadv2(fd, &one, 1, -1, RWF_NOWAIT) == sizeof value) {
        kit_tsan_acquire(this);  // which knows of read and write only
        return true;
      }
      if (errno == EAGAIN) return false;
      if (errno == EOPNOTSUPP || errno == ENOSYS)
        throw fairground::unsupported("eventfd can't be tried here: it needs Linux 5.8");
      if (errno != EINTR) throw_errno(errno, "preadv2 of an eventfd");
    }
  }
  void release() {
    const std::uint64_t one = 1;
    kit_tsan_release(this);
    while (::write(fd, &one, sizeof one) != sizeof one)
      if (errno != EINTR) throw_errno(errno, "write of an eventfd");
  }
  void destroy() { ::close(fd); }

  int fd;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_eventfd, Permitted<EventFd>)
