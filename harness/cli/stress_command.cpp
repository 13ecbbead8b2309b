#include "cli/stress_command.hpp"

#include <unistd.h>

#include <memory>

#include "base/descendants.hpp"
#include "cli/attempt.hpp"
#include "cli/interrupt.hpp"
#include "cli/stress_against.hpp"
#include "cli/stress_plan.hpp"
#include "cli/stress_session.hpp"
#include "cli/usage.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {
namespace {

constexpr const char* footer =
    R"(Trials of random workloads run side by side, each with random parameters within its schema, workers, places, as
threads or processes, some with the load going off and on or with workers that change places. Draw k follows from
the seed and k. Every trial is verified. One that fails is run again alone, made smaller while it still fails, and
printed as the `fairground run` line that shows it. Broken workloads (busted) are left out unless they are named.

With --against, workloads are run beside the subject, one at a time, first at their defaults, then at random, then step
by step from the worst on; the end is the `fairground run ... --with ...` line of the one that hurts it most.

Nothing is taken beyond what is free, by ulimit, cgroup and file system: half of the memory, a quarter of the disk
and half of the processes unless --memory and --disk say otherwise.

Examples:
  fairground stress --all --for 30m --oversubscribe 8      everything at once, eight workers on each unit
  fairground stress locks --for 2m --seed 7                a family, the same draws each time
  fairground stress memory vector --for 1h --memory 80%    memory and heat
  fairground stress --all --exclude io --for 8h --until-failure --out night
  fairground stress --against mutex --for 2m               the neighbour that takes most from a mutex
  fairground stress --resume night --for 8h                go on after a power cut

Exit codes: 0 all well; 1 something failed, or nothing could run; 2 bad input; 130 ended by Ctrl-C or SIGTERM (the
record is whole then, too).)";

int run(const StressArguments& arguments, const std::vector<std::string>& argv) {
  const int out = arguments.json ? STDERR_FILENO : STDOUT_FILENO;
  catch_interrupts(out);
  become_subreaper();
  const StressPlan plan = stress_plan(arguments, argv);
  if (interrupted()) return 130;
  Screen screen(out);
  const TrialRunner runner = on_unchanged(plan.libraries, trial::run);
  const int exit_code = arguments.against.empty()
                            ? run_stress(plan, runner, screen, interrupted)
                            : run_against(plan, arguments.against, runner, screen, interrupted);
  end_descendants({});
  screen.check(arguments.json ? "error" : "output", plan.shown_folder);
  return exit_code;
}

void add_options(CLI::App& command, StressArguments& a) {
  command.add_option("names", a.names, "ids or families of workloads")->type_name("NAME");
  repeatable(command.add_option("--family", a.families, "all workloads of a family (repeatable)")->type_name("FAMILY"));
  command.add_flag("--all", a.all, "all workloads that are not broken on purpose");
  repeatable(
      command.add_option("--exclude", a.exclude, "but not this workload or family (repeatable)")->type_name("NAME"));
  command
      .add_option("--against", a.against,
                  "look for the neighbour, of those named or of all, that hurts this workload most: "
                  "ID:workers=2,pin=compact,key=value")
      ->type_name("SUBJECT");
  command.add_option("--for", a.time, "how long, 1s or more, which has to be said; with --resume in all, what it has had included")
      ->type_name("DURATION");
  command.add_option("--jobs", a.jobs, "trials side by side; default: 2")->type_name("N");
  command.add_option("--workers", a.workers, "the most that a trial has; default: an equal part of all")
      ->type_name("N");
  command.add_option("--oversubscribe", a.oversubscribe, "workers of all trials together, for each unit; default: 4")
      ->type_name("N");
  command.add_option("--seed", a.seed, "of all random choices; default: drawn, and said")->type_name("N");
  command.add_option("--memory", a.memory, "the most that all trials take; default: 50%")->type_name("SIZE|PERCENT%");
  command.add_option("--disk", a.disk, "the same of the disk that holds the record; default: 25%")
      ->type_name("SIZE|PERCENT%");
  command.add_flag("--until-failure", a.until_failure, "end with the first failure, once it is shrunk");
  command.add_option("--out", a.out, "folder of the record; default: as for run")->type_name("DIR");
  command.add_option("--resume", a.resume, "go on with the run whose record is there")->type_name("DIR");
  add_plugin_option(command, a.plugins);
  command.add_flag("--json", a.json, "the record's lines on standard output, all else on standard error");
}

}  // namespace

void add_stress_command(CLI::App& app, int& exit_code, const std::vector<std::string>& argv) {
  auto arguments = std::make_shared<StressArguments>();
  CLI::App* command = app.add_subcommand("stress", "Everything at once, verified, for as long as you like");
  add_options(*command, *arguments);
  command->footer(footer);
  command->callback([arguments, &exit_code, &argv] { exit_code = run(*arguments, argv); });
}

}  // namespace fairground::cli
