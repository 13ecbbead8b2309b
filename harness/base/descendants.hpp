// Ending processes: a subreaper kills all that was started below it, until none is left.
#pragma once

#include <sys/types.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace fairground {

// Of a process, from /proc; 0 if it is gone.
pid_t parent_of(pid_t pid);

// Make this process the reaper of whatever its dead descendants leave behind.
void become_subreaper();

// [one thread, before any child is started] The children that there are now were there before this program: they are
// not its own, and nothing below ends them. Where there are some, or where this is process 1, to which everybody's
// orphans come, only what carries this process's mark (base/maker.hpp) is taken for its own.
void spare_present_children();

// Kill (SIGKILL) and reap every descendant of this process, but for the children in `spared` and what is below them.
// Whatever a killed process had started is handed to this process (PR_SET_CHILD_SUBREAPER) and is ended in the next
// pass. Returns when no child is left, or after 10 s (a process stuck in the kernel), with how many it reaped.
int end_descendants(std::span<const pid_t> spared);

// Descendants whose name (comm) is this.
std::vector<pid_t> descendants_named(const std::string& name);

// Starts a child by `fork`, which returns its id, and keeps it: end_strays() leaves it alone until it is let go.
pid_t start_kept(const std::function<pid_t()>& fork);
void let_go(pid_t);
// Ends all descendants but those that are kept, and what is below them. Never while one is being started.
int end_strays();

// pidfd_open and pidfd_send_signal(SIGKILL); -1 and false if the process is gone.
int open_pidfd(pid_t pid);
bool kill_pidfd(int pidfd);

}  // namespace fairground
