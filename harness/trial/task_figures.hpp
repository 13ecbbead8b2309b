// What the kernel says of one thread, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace fairground::trial {

// Since the thread began. Zero where the kernel doesn't say (no schedstat, no CONFIG_SCHED_DEBUG for migrations).
struct TaskFigures {
  std::uint64_t user_ns = 0, system_ns = 0, run_delay_ns = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0, migrations = 0;
};

// The thread, or with whole_process all threads of pid together (user and system time only, in steps of 10 ms).
TaskFigures read_task_figures(pid_t pid, pid_t tid, bool whole_process);
TaskFigures operator-(const TaskFigures& after, const TaskFigures& before);

// OS indexes of the units that the thread may use; empty if it is gone.
std::vector<unsigned> allowed_units(pid_t tid);

}  // namespace fairground::trial
