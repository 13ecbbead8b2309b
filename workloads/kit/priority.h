/* The calls that priority.hpp is made of, for workloads in C, too. C11 and C++20. */
#ifndef KIT_PRIORITY_H
#define KIT_PRIORITY_H

#include <errno.h>
#include <sched.h>
#include <sys/resource.h>

/* What to say where kit_be_realtime answers EPERM. */
#define KIT_REALTIME_NEEDS                                                                          \
  "realtime needs CAP_SYS_NICE or an RLIMIT_RTPRIO of at least 1 (ulimit -r), and a control group " \
  "that has real-time bandwidth"

/* [worker] 0 ... 19. On Linux a nice value is the thread's own. 0, or an errno. */
static inline int kit_be_nice(int nice) { return setpriority(PRIO_PROCESS, 0, nice) == 0 ? 0 : errno; }

/* [worker] SCHED_RR at the lowest real-time priority: before all ordinary threads. Not SCHED_FIFO, whose spinning
 * threads would keep their units from whoever has to stop them, where that one has the same priority. 0, or an errno.
 */
static inline int kit_be_realtime(void) {
  struct sched_param lowest = {0};
  lowest.sched_priority = sched_get_priority_min(SCHED_RR);
  return sched_setscheduler(0, SCHED_RR, &lowest) == 0 ? 0 : errno;
}

#endif /* KIT_PRIORITY_H */
