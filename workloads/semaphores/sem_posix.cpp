// sem-posix: sem_t. A post adds a token that any running waiter may take before the one that it wakes.
#include "kit/posix_semaphore.hpp"

namespace {
using namespace fairground::kit;

struct Posix {
  static constexpr SemaphoreInfo info{
      .id = "sem-posix",
      .summary = "POSIX sem_t: waiters sleep in the kernel, a permit goes to whoever takes it first",
      .processes = true,
  };
  void init(const SemaphoreStart& start) {
    if (sem_init(&semaphore, start.as_processes ? 1 : 0, start.permits) != 0) throw_errno(errno, "sem_init");
  }
  void acquire() { posix_acquire(&semaphore); }
  bool acquire_within(std::int64_t ns) { return posix_acquire_within(&semaphore, ns); }
  void release() { posix_release(&semaphore); }
  void destroy() { sem_destroy(&semaphore); }

  sem_t semaphore;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_posix, Permitted<Posix>)
