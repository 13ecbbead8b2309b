// sem-posix: sem_t. A post adds a token that any running waiter may take before the one that it wakes.
#include <semaphore.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "kit/semaphore.hpp"

namespace {
struct Posix {
  static constexpr fairground::kit::SemaphoreInfo info{
      .id = "sem-posix",
      .summary = "POSIX sem_t: waiters sleep in the kernel, a permit goes to whoever takes it first",
      .processes = true,
  };
  void init(std::uint32_t permits, bool as_processes) {
    check(sem_init(&semaphore, as_processes ? 1 : 0, permits), "sem_init");
  }
  void acquire() {
    while (sem_wait(&semaphore) != 0)
      if (errno != EINTR) check(-1, "sem_wait");
  }
  bool acquire_within(std::int64_t ns) {
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    ns += until.tv_nsec;
    until.tv_sec += ns / 1'000'000'000;
    until.tv_nsec = ns % 1'000'000'000;
    while (sem_timedwait(&semaphore, &until) != 0) {
      if (errno == ETIMEDOUT) return false;
      if (errno != EINTR) check(-1, "sem_timedwait");
    }
    return true;
  }
  void release() { check(sem_post(&semaphore), "sem_post"); }
  void destroy() { sem_destroy(&semaphore); }

  static void check(int result, const char* call) {
    if (result != 0) throw std::system_error(errno, std::generic_category(), call);
  }

  sem_t semaphore;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_posix, fairground::kit::Permitted<Posix>)
