// Unequal workers: some of them nicer than others, some with a real-time priority. Both end with the worker.
#pragma once

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <fairground/workload.hpp>

#include "kit/descriptor.hpp"

namespace fairground::kit {

// [worker] 0 ... 19. On Linux a nice value is the thread's own.
inline void be_nice(int nice) {
  if (::setpriority(PRIO_PROCESS, 0, nice) != 0) throw_errno(errno, "setpriority");
}

// [worker] SCHED_RR at the lowest real-time priority: before all ordinary threads. Not SCHED_FIFO, whose spinning
// threads would keep their units from whoever has to stop them, where that one has the same priority.
inline void be_realtime() {
  sched_param lowest{};
  lowest.sched_priority = ::sched_get_priority_min(SCHED_RR);
  if (::sched_setscheduler(0, SCHED_RR, &lowest) == 0) return;
  if (errno == EPERM)
    throw unsupported(
        "realtime needs CAP_SYS_NICE or an RLIMIT_RTPRIO of at least 1 (ulimit -r), and a control group "
        "that has real-time bandwidth");
  throw_errno(errno, "sched_setscheduler");
}

}  // namespace fairground::kit
