#include "trial/task_figures.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <string>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/relaxed.hpp"

namespace fairground::trial {

namespace {

using Figure = std::optional<std::uint64_t>;

std::string read_all(const std::string& path) { return read_small_file(path).value_or(""); }

Figure number_after(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return std::nullopt;
  const std::size_t digits = text.find_first_of("0123456789", at + key.size());
  return digits == std::string::npos ? Figure() : std::strtoull(text.c_str() + digits, nullptr, 10);
}

// utime, stime, cutime and cstime, fields 14 to 17 of stat, in ns, in steps of a clock tick.
std::array<std::uint64_t, 4> cpu_times_ns(const std::string& stat) {
  std::array<std::uint64_t, 4> times{};
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos) return times;
  std::istringstream fields(stat.substr(end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  const std::uint64_t tick_ns = 1'000'000'000u / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  for (std::uint64_t& time : times) {
    fields >> time;
    time *= tick_ns;
  }
  return times;
}

struct Schedstat {
  std::uint64_t cpu_ns = 0;
  Figure run_delay_ns;
};
Schedstat read_schedstat(const std::string& task) {
  std::istringstream fields(read_all(task + "/schedstat"));
  Schedstat out;
  std::uint64_t delay = 0;
  std::uint64_t times_run = 0;  // 0: the kernel keeps no account
  if (fields >> out.cpu_ns >> delay >> times_run && times_run > 0) out.run_delay_ns = delay;
  return out;
}

void put_switches(TaskFigures& out, const std::string& task) {
  const std::string status = read_all(task + "/status");
  out.voluntary_switches = number_after(status, "\nvoluntary_ctxt_switches:").value_or(0);
  out.involuntary_switches = number_after(status, "nonvoluntary_ctxt_switches:").value_or(0);
  out.migrations = number_after(read_all(task + "/sched"), "nr_migrations");
}

TaskFigures of_thread(const std::string& task) {
  TaskFigures out;
  const std::string stat = read_all(task + "/stat");
  const auto times = cpu_times_ns(stat);
  out.user_ns = times[0];
  out.system_ns = times[1];
  const std::size_t name_end = stat.rfind(')');
  out.ready = name_end != std::string::npos && stat.compare(name_end, 3, ") R") == 0;
  const Schedstat schedstat = read_schedstat(task);
  out.run_delay_ns = schedstat.run_delay_ns;
  if (schedstat.cpu_ns != 0) {  // the exact total, split as the ticks are
    const std::uint64_t both = out.user_ns + out.system_ns;
    const double system = both == 0 ? 0 : static_cast<double>(out.system_ns) / static_cast<double>(both);
    out.system_ns = static_cast<std::uint64_t>(static_cast<double>(schedstat.cpu_ns) * system);
    out.user_ns = schedstat.cpu_ns - out.system_ns;
  }
  put_switches(out, task);
  out.at_ns = monotonic_ns();
  return out;
}

// Null as soon as one of the threads has none.
Figure sum(const Figure& a, const Figure& b) { return a && b ? Figure(*a + *b) : std::nullopt; }

TaskFigures of_process(const std::string& process) {
  TaskFigures out;
  const auto times = cpu_times_ns(read_all(process + "/stat"));
  out.user_ns = times[0];
  out.system_ns = times[1];
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator(process + "/task", gone)) {
    TaskFigures one;
    one.run_delay_ns = read_schedstat(task.path().string()).run_delay_ns;
    put_switches(one, task.path().string());
    if (access(task.path().c_str(), F_OK) != 0) continue;  // it ended while it was being read
    out.run_delay_ns = sum(out.run_delay_ns, one.run_delay_ns);
    out.voluntary_switches += one.voluntary_switches;
    out.involuntary_switches += one.involuntary_switches;
    out.migrations = sum(out.migrations, one.migrations);
  }
  if (gone) out.run_delay_ns = out.migrations = std::nullopt;
  return out;
}

using fairground::minus;
Figure minus(const Figure& a, const Figure& b) { return a && b ? Figure(minus(*a, *b)) : std::nullopt; }

}  // namespace

TaskFigures read_task_figures(pid_t pid, pid_t tid, bool whole_process) {
  const std::string process = "/proc/" + std::to_string(pid);
  return whole_process ? of_process(process) : of_thread(process + "/task/" + std::to_string(tid));
}

std::uint64_t process_cpu_ns(pid_t pid) {
  const auto times = cpu_times_ns(read_all("/proc/" + std::to_string(pid) + "/stat"));
  return std::accumulate(times.begin(), times.end(), std::uint64_t{0});
}

TaskFigures operator-(const TaskFigures& after, const TaskFigures& before) {
  return {minus(after.user_ns, before.user_ns),
          minus(after.system_ns, before.system_ns),
          minus(after.run_delay_ns, before.run_delay_ns),
          minus(after.voluntary_switches, before.voluntary_switches),
          minus(after.involuntary_switches, before.involuntary_switches),
          minus(after.migrations, before.migrations),
          before.ready && after.ready,
          minus(after.at_ns, before.at_ns)};
}

std::optional<std::uint64_t> run_delay_between(const TaskFigures& added, bool idle) {
  if (!added.run_delay_ns) return std::nullopt;
  constexpr std::uint64_t late_ns = 10'000'000;  // CPU time of a thread that runs is so much behind, at the ticks
  const std::uint64_t cpu_ns = added.user_ns + added.system_ns, not_run_ns = minus(added.at_ns, cpu_ns);
  const std::uint64_t told_ns = std::min(*added.run_delay_ns, not_run_ns);
  const bool slept = added.voluntary_switches > 0 || !added.ready;
  const bool on_time = added.involuntary_switches > 0 || (cpu_ns == 0 && idle);
  return !slept && on_time && not_run_ns > told_ns + late_ns ? not_run_ns : told_ns;
}

bool lacked_units(const UnitTime& w, std::uint64_t to_work_ns) { return w.run_delay_ns.value_or(0) > to_work_ns / 2; }

bool hardly_had_a_unit(std::span<const UnitTime> workers, std::size_t i, std::uint64_t to_work_ns) {
  double mean_cpu_ns = 0;
  for (const UnitTime& w : workers) mean_cpu_ns += static_cast<double>(w.cpu_ns) / static_cast<double>(workers.size());
  return lacked_units(workers[i], to_work_ns) && static_cast<double>(workers[i].cpu_ns) < mean_cpu_ns / 10;
}

}  // namespace fairground::trial
