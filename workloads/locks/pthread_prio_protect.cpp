// pthread-prio-protect: the pthread mutex with a priority ceiling. Its holder runs at the ceiling, here one above the
// workers, so each acquisition changes the priority twice: two system calls. It is for real-time threads alone (glibc
// answers others with EINVAL), so all workers become such, and the trial needs the permission for that.
#include "kit/lock.hpp"
#include "kit/priority.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadPrioProtect : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-prio-protect",
      .group = "blocking",
      .summary = "pthread mutex whose holder runs at a priority ceiling; all workers are real-time threads",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create(
        {.protocol = PTHREAD_PRIO_PROTECT, .ceiling = sched_get_priority_min(SCHED_RR) + 1, .processes = as_processes});
  }
  // Once, for the ceiling is one more priority to be permitted.
  void join(Local& local, fairground::Worker) {
    fairground::kit::be_realtime();
    if (!may_lock()) {
      throw fairground::unsupported(
          "the priority ceiling needs CAP_SYS_NICE or an RLIMIT_RTPRIO of at least 2 (ulimit -r)");
    }
    unlock(local);
  }
  void leave(Local&) {}
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_prio_protect, fairground::kit::Locked<PthreadPrioProtect>)
