// What the kernel says of one thread, or of all of a process, from /proc.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace fairground::trial {

// Since the thread began. What the kernel doesn't say is null: run delay without CONFIG_SCHED_INFO, migrations without
// CONFIG_SCHED_DEBUG; the rest is 0 then.
struct TaskFigures {
  std::uint64_t user_ns = 0, system_ns = 0;
  std::optional<std::uint64_t> run_delay_ns = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  std::optional<std::uint64_t> migrations = 0;
  bool ready = false;       // it runs, or waits for a unit (state R); of one thread only
  std::uint64_t at_ns = 0;  // when this was read, CLOCK_MONOTONIC
};

// The thread; or all threads of pid together, whose user and system time comes in steps of 10 ms. Of threads that ended
// meanwhile only those times are left.
TaskFigures read_task_figures(pid_t pid, pid_t tid, bool whole_process);

// CPU time of a process, all of its threads, and of its children that it has waited for; in steps of a clock tick. 0 if
// there is none such.
std::uint64_t process_cpu_ns(pid_t pid);

// What was added from one reading to the next; `ready` if it was at both, at_ns the time between them.
TaskFigures operator-(const TaskFigures& after, const TaskFigures& before);

// How long a thread was ready without a unit between two readings, by what was added; idle: it did nothing that counts.
// The kernel adds such a wait up when it ends: one that is still on is missing, and one that began before is there
// whole. A thread that was ready at both ends and did not sleep ran or waited all the time; where it never left its
// unit its CPU time may be late (nohz_full), unless it is idle. Null: the kernel doesn't say.
std::optional<std::uint64_t> run_delay_between(const TaskFigures& added, bool idle);

// What one of several workers had of the units.
struct UnitTime {
  std::optional<std::uint64_t> run_delay_ns;  // as above
  std::uint64_t cpu_ns = 0;
};

// Was it ready without a unit for more than half of the time in which it was to work?
bool lacked_units(const UnitTime&, std::uint64_t to_work_ns);

// Did worker i go short for want of a unit? It lacked units, and ran for less than a tenth of what workers ran on
// average: whatever a lock promises, it was hardly asked.
bool hardly_had_a_unit(std::span<const UnitTime> workers, std::size_t i, std::uint64_t to_work_ns);

}  // namespace fairground::trial
