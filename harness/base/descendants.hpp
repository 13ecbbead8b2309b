// Ending processes: a subreaper kills all that was started below it, until none is left.
#pragma once

#include <sys/types.h>

#include <span>

namespace fairground {

// Of a process, from /proc; 0 if it is gone.
pid_t parent_of(pid_t pid);

// Make this process the reaper of whatever its dead descendants leave behind.
void become_subreaper();

// Kill (SIGKILL) and reap every descendant of this process, but for the children in `spared` and what is below them.
// Whatever a killed process had started is handed to this process (PR_SET_CHILD_SUBREAPER) and is ended in the next
// pass. Returns when no child is left, or after 10 s (a process stuck in the kernel), with how many it reaped.
int end_descendants(std::span<const pid_t> spared);

// pidfd_open and pidfd_send_signal(SIGKILL); -1 and false if the process is gone.
int open_pidfd(pid_t pid);
bool kill_pidfd(int pidfd);

}  // namespace fairground
