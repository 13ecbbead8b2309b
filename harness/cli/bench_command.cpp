#include "cli/bench_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "base/text.hpp"
#include "cli/bench_news.hpp"
#include "cli/interrupt.hpp"
#include "cli/labels.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/usage.hpp"
#include "load/program.hpp"
#include "machine/pinning.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {
namespace {

constexpr const char* footer =
    R"(Workloads are the ones that `run` measures, pinned the same way, but Google Benchmark's loop decides how often:
every thread does equal iterations, so nothing here tells of fairness or starvation, and what hangs in its loop is not
ended (`run` does that). Teams, such as `matrix`, are left out. Google Benchmark's own flags are passed on:
--benchmark_filter, --benchmark_repetitions, --benchmark_min_time, --benchmark_out, --benchmark_format and so on.

Examples:
  fairground bench mutex spin --workers 1,2
  fairground bench mutex --benchmark_repetitions=9 --benchmark_out=a.json
  python3 /usr/share/benchmark/compare.py benchmarks a.json b.json   (package libbenchmark-tools))";

std::vector<std::string> known_flags() {
  std::vector<std::string> names;
  for (const char* name : {"list_tests", "filter", "min_time", "repetitions", "enable_random_interleaving",
                           "report_aggregates_only", "display_aggregates_only", "format", "out", "out_format", "color",
                           "counters_tabular", "context", "perf_counters", "time_unit"}) {
    names.push_back(std::string("--benchmark_") + name);
  }
  return names;
}

// A file in memory that an executed child can read by its number.
int file_with(const std::string& text) {
  const int fd = memfd_create("fairground-bench", 0);
  if (fd < 0) throw SystemError("memfd_create", errno);
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) throw SystemError("writing to a memory file", errno);
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  return fd;
}

// This program executed anew: a plugin never comes into this process. Call from the main thread.
pid_t start(std::vector<std::string> words) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string program = load::program_path();
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) throw SystemError("fork", errno);
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(127);
  execv(program.c_str(), argv.data());
  _exit(127);
}

// A pipe whose write end the executed child has, by its number.
struct Pipe {
  Descriptor read, write;
  Pipe() {
    int ends[2];
    if (pipe(ends) != 0) throw SystemError("making a pipe", errno);
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
};

// How it ended, and whether because a step of it went past its deadline. It is told to end once, then made to.
struct End {
  int status = 0;
  bool late = false;
};
End await(pid_t child, int news, BenchWatch& watch) {
  constexpr std::uint64_t grace_ns = 5'000'000'000;  // for its guard to end what it guards
  const Descriptor pidfd(open_pidfd(child));
  End end;
  for (std::uint64_t told_ns = 0;;) {
    pollfd watched[2] = {{pidfd.get(), POLLIN, 0}, {news, POLLIN, 0}};
    const int woken = poll(watched, 2, 100);
    watch.listen();
    if (woken > 0 && watched[0].revents != 0) break;
    const std::uint64_t now = monotonic_ns();
    if (told_ns != 0 && now - told_ns > grace_ns) kill(child, SIGKILL);
    if (told_ns != 0 || (!interrupted() && !watch.late())) continue;
    end.late = !interrupted();
    told_ns = now;
    kill(child, SIGTERM);
  }
  while (waitpid(child, &end.status, 0) < 0 && errno == EINTR) {
  }
  watch.listen();
  return end;
}

// The exit code, and a sentence if a workload ended what it should not have.
int judge(const End& end, const BenchWatch& watch) {
  if (interrupted()) return 130;
  const int status = end.status;
  const std::string where = watch.step().empty() ? "" : " in " + watch.step();
  std::string sentence;
  if (end.late) {
    sentence = fmt::format("{} did not come back within {}, so the benchmark was ended", watch.step(),
                           human_duration(static_cast<double>(watch.deadline_ns())));
  } else if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGPIPE && nobody_reads()) return 130;
    sentence = fmt::format("a workload ended the benchmark with {} (signal {}){}", strsignal(WTERMSIG(status)),
                           WTERMSIG(status), where);
  } else if (!watch.ready()) {  // Google Benchmark refused its arguments, and said so
    return 2;
  } else if (!watch.done()) {
    sentence = fmt::format("a workload ended the benchmark with exit code {}{}", WEXITSTATUS(status), where);
  } else {
    return WEXITSTATUS(status);
  }
  std::fprintf(stderr, "fairground: %s; `fairground run` says more.\n", sentence.c_str());
  return 1;
}

int run_points(const Benches& benches, const std::vector<std::string>& flags) {
  const PrivateFolder scratch("fairground-bench");  // ours, so that it goes however the child ends
  const Descriptor points(file_with(to_json(benches.points).dump()));
  Pipe news;
  std::vector<std::string> words{"fairground", "--bench-body", std::to_string(points.get()),
                                 std::to_string(news.write.get()), scratch.path().string()};
  words.insert(words.end(), flags.begin(), flags.end());
  BenchWatch watch(news.read.get(), benches.deadline_ns);
  const pid_t child = start(std::move(words));
  news.write.close();
  const End end = await(child, news.read.get(), watch);
  end_descendants({});
  return judge(end, watch);
}

int run(const PointArguments& arguments, const std::vector<std::string>& flags) {
  check_flags(flags);
  catch_interrupts(STDOUT_FILENO);
  become_subreaper();
  const Chosen chosen = choose(arguments);
  for (const load::Library& library : chosen.libraries) {
    if (!library.error.empty()) fmt::print(stderr, "warning: {}\n", library.error);
  }
  const Benches benches = benches_of(chosen);
  if (benches.points.empty()) {
    throw UserError(
        fmt::format("Nothing is left to benchmark: {} `fairground run` measures it.", benches.left_out.front()));
  }
  for (const std::string& sentence : benches.left_out) std::fprintf(stderr, "left out: %s\n", sentence.c_str());
  return run_points(benches, flags);
}

}  // namespace

void check_flags(const std::vector<std::string>& flags) {
  for (const std::string& flag : flags) {
    const std::string name = flag.substr(0, flag.find('='));
    if (name == "--v") continue;
    const std::vector<std::string> known = known_flags();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::vector<std::string> all = known;
    for (const char* own : {"--set", "--workers", "--pin", "--plugin", "--seed", "--deadline", "--help"})
      all.emplace_back(own);
    throw UserError(fmt::format("bench has no option {}{}; `fairground bench --help` shows how it is used.",
                                in_quotes(name), did_you_mean(all, name)));
  }
}

Benches benches_of(const Chosen& chosen) {
  const std::vector<plan::WorkloadInfo> workloads = all_workloads(chosen.libraries);
  std::vector<const plan::WorkloadInfo*> infos;
  std::vector<plan::Point> alike = chosen.points;  // Google Benchmark itself adds the number of threads to a name
  for (plan::Point& point : alike) {
    infos.push_back(&plan::find(workloads, point.workload));
    point.workers = 1;
  }
  const std::vector<Label> names = labels(alike, infos);
  Benches out;
  for (std::size_t i = 0; i < chosen.points.size(); ++i) {
    const plan::Point& p = chosen.points[i];
    out.deadline_ns = std::max(out.deadline_ns, p.deadline_ns);
    std::string why;
    if (infos[i]->kind == "team") why = "is a team, and Google Benchmark wants a loop of each thread's own";
    if (infos[i]->has("may-hang")) why = "may hang on purpose";
    if (p.as_processes) why = "can't have processes as workers here";
    if (!why.empty()) {
      const std::string sentence = fmt::format("{} {}.", names[i].text, why);
      if (std::find(out.left_out.begin(), out.left_out.end(), sentence) == out.left_out.end())
        out.left_out.push_back(sentence);
      continue;
    }
    BenchPoint bench{names[i].text, infos[i]->plugin, p.workload, p.parameters, p.workers, {}, chosen.seed};
    std::replace(bench.name.begin(), bench.name.end(), ' ', '/');
    try {
      bench.places = machine::plan(chosen.machine, p.pin, p.workers).places;
    } catch (const UserError& error) {
      if (chosen.points.size() == 1) throw;
      out.left_out.push_back(fmt::format("{}: {}", names[i].text, error.what()));
      continue;
    }
    if (std::all_of(bench.places.begin(), bench.places.end(), [](const auto& units) { return units.empty(); }))
      bench.places.clear();
    out.points.push_back(std::move(bench));
  }
  return out;
}

void add_bench_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<PointArguments>();
  arguments->probes = "edges";  // nothing listens to the others here
  CLI::App* command = app.add_subcommand("bench", "Run the same workloads under Google Benchmark");
  command->add_option("names", arguments->names, "ids or families of workloads, suite files (*.toml)")
      ->required()
      ->type_name("NAME|SUITE.toml");
  repeatable(
      command
          ->add_option("--set", arguments->set, "a parameter of the workloads and its values: key=v1,v2 (repeatable)")
          ->type_name("KEY=VALUES"));
  command->add_option("--workers", arguments->workers, "how many threads; default: one for each unit that may be used")
      ->type_name("N,...");
  command->add_option("--pin", arguments->pin, "where they run; default: compact")->type_name("POLICY,...");
  command->add_option("--seed", arguments->seed, "of what workloads draw; default: drawn")->type_name("N");
  command->add_option("--deadline", arguments->deadline, "for each function of a workload but its loop; default: 10s")
      ->type_name("DURATION");
  add_plugin_option(*command, arguments->plugins);
  command->allow_extras();
  command->footer(footer);
  command->callback([arguments, command, &exit_code] { exit_code = run(*arguments, command->remaining()); });
}

}  // namespace fairground::cli
