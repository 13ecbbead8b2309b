// What the kernel says of one thread, or of all of a process, from /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace fairground::trial {

// Since the thread began. What the kernel doesn't say is null: run delay without CONFIG_SCHED_INFO, migrations without
// CONFIG_SCHED_DEBUG; the rest is 0 then.
struct TaskFigures {
  std::uint64_t user_ns = 0, system_ns = 0;
  std::optional<std::uint64_t> run_delay_ns = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  std::optional<std::uint64_t> migrations = 0;
};

// The thread; or all threads of pid together, whose user and system time comes in steps of 10 ms. Of threads that ended
// meanwhile only those times are left.
TaskFigures read_task_figures(pid_t pid, pid_t tid, bool whole_process);

// CPU time of a process, all of its threads, and of its children that it has waited for; in steps of a clock tick. 0 if
// there is none such.
std::uint64_t process_cpu_ns(pid_t pid);
TaskFigures operator-(const TaskFigures& after, const TaskFigures& before);

}  // namespace fairground::trial
