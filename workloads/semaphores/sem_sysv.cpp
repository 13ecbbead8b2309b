// sem-sysv: a System V semaphore. Every call goes to the kernel, which hands a permit to the longest waiter (Linux,
// ipc/sem.c; POSIX leaves the order open). Where who takes a permit gives it back it is used with SEM_UNDO, so that the
// kernel gives it back for a process that dies holding it.
#include <cerrno>

#include "kit/semaphore.hpp"
#include "kit/timespec.hpp"
#include "kit/tsan.h"
#include "semaphores/system_v.hpp"

namespace {
using namespace fairground::kit;

struct SysV {
  static constexpr SemaphoreInfo info{
      .id = "sem-sysv",
      .summary = "System V semaphore with undo: the kernel hands each permit to the longest waiter",
      .fifo = true,
      .processes = true,
  };
  void init(const SemaphoreStart& start) {
    set = SystemV::make(static_cast<int>(start.permits));
    undo = start.returned ? SEM_UNDO : 0;  // else each process would owe the sum of all it ever did
  }
  void acquire() { change(-1, nullptr); }
  bool acquire_within(std::int64_t ns) {
    const timespec time = timespec_of(ns);
    return change(-1, &time);
  }
  void release() {
    kit_tsan_release(this);
    change(+1, nullptr);
  }
  void destroy() { SystemV::remove(set); }

  // false: not within that time.
  bool change(int by, const timespec* time) {
    sembuf operation{0, static_cast<short>(by), static_cast<short>(undo)};
    while (::semtimedop(set, &operation, 1, time) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno(errno, "semop");
    }
    if (by < 0) kit_tsan_acquire(this);
    return true;
  }

  int set, undo;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_sysv, Permitted<SysV>)
