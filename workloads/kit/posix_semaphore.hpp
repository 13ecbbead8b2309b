// What POSIX semaphores have in common, named or not.
#pragma once

#include <semaphore.h>

#include <cerrno>
#include <cstdint>

#include "kit/descriptor.hpp"
#include "kit/semaphore.hpp"
#include "kit/timespec.hpp"

namespace fairground::kit {

// [any] Waits for a permit.
inline void posix_acquire(sem_t* semaphore) {
  while (sem_wait(semaphore) != 0)
    if (errno != EINTR) throw_errno(errno, "sem_wait");
}
// [any] false: there was none within ns >= 0.
inline bool posix_acquire_within(sem_t* semaphore, std::int64_t ns) {
  if (ns == 0) {  // sem_timedwait would become a waiter first, whom a post has to wake
    while (sem_trywait(semaphore) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno(errno, "sem_trywait");
    }
    return true;
  }
  const timespec until = timespec_in(CLOCK_REALTIME, ns);
  while (sem_timedwait(semaphore, &until) != 0) {
    if (errno == ETIMEDOUT) return false;
    if (errno != EINTR) throw_errno(errno, "sem_timedwait");
  }
  return true;
}
// [any]
inline void posix_release(sem_t* semaphore) {
  if (sem_post(semaphore) != 0) throw_errno(errno, "sem_post");
}

}  // namespace fairground::kit
