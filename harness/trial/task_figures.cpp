#include "trial/task_figures.hpp"

#include "base/files.hpp"

#include <sched.h>
#include <unistd.h>

#include <sstream>
#include <string>

namespace fairground::trial {

namespace {

std::string read_all(const std::string& path) { return read_small_file(path).value_or(""); }

std::uint64_t number_after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return 0;
  const std::size_t digits = text.find_first_of("0123456789", at + key.size());
  return digits == std::string::npos ? 0 : std::strtoull(text.c_str() + digits, nullptr, 10);
}

// utime and stime, fields 14 and 15 of stat, in clock ticks.
std::pair<std::uint64_t, std::uint64_t> user_and_system_ticks(const std::string& stat) {
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos) return {0, 0};
  std::istringstream fields(stat.substr(end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  return {user, system};
}

}  // namespace

TaskFigures read_task_figures(pid_t pid, pid_t tid, bool whole_process) {
  const std::string process = "/proc/" + std::to_string(pid);
  const std::string task = process + "/task/" + std::to_string(tid);
  TaskFigures out;
  const auto [user, system] = user_and_system_ticks(read_all((whole_process ? process : task) + "/stat"));
  std::istringstream schedstat(read_all(task + "/schedstat"));
  std::uint64_t cpu_ns = 0;
  schedstat >> cpu_ns >> out.run_delay_ns;
  const std::uint64_t tick_ns = 1'000'000'000u / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  if (whole_process || cpu_ns == 0) {
    out.user_ns = user * tick_ns;
    out.system_ns = system * tick_ns;
  } else {  // the exact total, split as the ticks are
    const std::uint64_t both = user + system;
    out.system_ns = both == 0 ? 0 : static_cast<std::uint64_t>(static_cast<double>(cpu_ns) * static_cast<double>(system) /
                                                               static_cast<double>(both));
    out.user_ns = cpu_ns - out.system_ns;
  }
  const std::string status = read_all(task + "/status");
  out.voluntary_switches = number_after(status, "\nvoluntary_ctxt_switches:");
  out.involuntary_switches = number_after(status, "nonvoluntary_ctxt_switches:");
  out.migrations = number_after(read_all(task + "/sched"), "nr_migrations");
  return out;
}

TaskFigures operator-(const TaskFigures& after, const TaskFigures& before) {
  const auto minus = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
  return {minus(after.user_ns, before.user_ns),
          minus(after.system_ns, before.system_ns),
          minus(after.run_delay_ns, before.run_delay_ns),
          minus(after.voluntary_switches, before.voluntary_switches),
          minus(after.involuntary_switches, before.involuntary_switches),
          minus(after.migrations, before.migrations)};
}

std::vector<unsigned> allowed_units(pid_t tid) {
  std::vector<unsigned> units;
  for (unsigned size = 1'024; size <= 65'536; size *= 4) {  // the kernel's own set may be larger than ours
    cpu_set_t* set = CPU_ALLOC(size);
    const std::size_t bytes = CPU_ALLOC_SIZE(size);
    const bool got = sched_getaffinity(tid, bytes, set) == 0;
    for (unsigned unit = 0; got && unit < size; ++unit) {
      if (CPU_ISSET_S(unit, bytes, set)) units.push_back(unit);
    }
    CPU_FREE(set);
    if (got) break;
  }
  return units;
}

}  // namespace fairground::trial
