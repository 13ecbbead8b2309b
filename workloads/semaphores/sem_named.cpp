// sem-named: a POSIX semaphore with a name: the same sem_t, in a file under /dev/shm. The name is taken away as soon as
// it is open, so that nothing is left of it unless the trial is killed in that very moment; its workers inherit it.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "kit/posix_semaphore.hpp"

namespace {
using namespace fairground::kit;

struct Named {
  static constexpr SemaphoreInfo info{
      .id = "sem-named",
      .summary = "POSIX named semaphore: a sem_t in a file of its own that is mapped by all",
      .processes = true,
  };
  void init(const SemaphoreStart& start) {
    for (unsigned attempt = 0;; ++attempt) {
      const std::string name = name_of(attempt);
      semaphore = sem_open(name.c_str(), O_CREAT | O_EXCL, 0600, start.permits);
      if (semaphore != SEM_FAILED) {
        sem_unlink(name.c_str());
        return;
      }
      if (errno != EEXIST || attempt == 1000) throw_errno(errno, "no room for another named semaphore");
    }
  }
  // With the mark of the process that supervises, from which `fairground clean` tells what a kill -9 has left.
  static std::string name_of(unsigned attempt) {
    const char* mark = std::getenv("FAIRGROUND_SUPERVISOR");
    return "/fairground-" + (mark != nullptr ? mark + std::string(".") : std::string()) + std::to_string(::getpid()) +
           "-" + std::to_string(attempt);
  }
  void acquire() { posix_acquire(semaphore); }
  bool acquire_within(std::int64_t ns) { return posix_acquire_within(semaphore, ns); }
  void release() { posix_release(semaphore); }
  void destroy() { sem_close(semaphore); }

  sem_t* semaphore;  // at one address in all workers: they are forked later
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_named, Permitted<Named>)
