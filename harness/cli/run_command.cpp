#include "cli/run_command.hpp"

#include <unistd.h>

#include <memory>

#include "base/descendants.hpp"
#include "cli/attempt.hpp"
#include "cli/chosen.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_folder.hpp"
#include "cli/session.hpp"
#include "cli/usage.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {
namespace {

struct RunArguments {
  PointArguments points;
  std::string out;
  bool json = false, quiet = false;
};

constexpr const char* footer =
    R"(What can be swept takes several values, separated by commas; every combination is a point. Points are run in
blocks, each a pass over all points in random order; --trials is the number of blocks. A contended workload with
more workers than units also runs its control, the same work without the lock, once a block.

Policies of --pin: compact scatter cores siblings performance efficient node:N units:0+2-3 none.

With --with, each party is also run alone in the same block, and the summary says what each took from the other. A
companion has as many workers as the workload it is beside unless told otherwise; its pin is one of the above, or
relative to that workload: with (the same units, the default), sibling (its cores' other threads), cache (other cores
on its cache), node (another NUMA node), apart (as far as there are cores).

Examples:
  fairground run mutex spin ck-ticket --workers 8       three locks, eight workers
  fairground run locks --set section=100ns,10us         a family, two lengths of the critical section
  fairground run workloads/suites/tour.toml --trials 3  a suite, shorter
  fairground run spin --as processes --pin scatter      workers are processes, spread over the machine
  fairground run mutex --with memory:workers=1,pin=with what a neighbour on the same units takes
  fairground run mine --plugin ./mine.so --json | jq .  a plugin of your own, the record as JSON lines

Exit codes: 0 all well; 1 a trial failed, a finding was not expected, or no trial could run; 2 bad input;
130 ended by Ctrl-C or SIGTERM, or because nobody reads the output any more (the record is whole then, too).)";

int run(const RunArguments& arguments, const std::vector<std::string>& argv) {
  const int out = arguments.json ? STDERR_FILENO : STDOUT_FILENO;
  catch_interrupts(out);
  become_subreaper();
  Chosen chosen = choose(arguments.points);
  if (interrupted()) return 130;
  RunPlan plan;
  plan.machine = std::move(chosen.machine);
  plan.libraries = std::move(chosen.libraries);
  plan.points = std::move(chosen.points);
  plan.trials = chosen.trials;
  plan.seed = chosen.seed;
  const RunFolder folder = run_folder(arguments.out);
  plan.run_id = folder.id;
  plan.folder = folder.path;
  plan.shown_folder = folder.shown;
  plan.argv = argv;
  plan.json = arguments.json;
  Screen screen(out);
  Terminal terminal(screen, arguments.quiet);
  const int exit_code = run_session(plan, on_unchanged(plan.libraries, trial::run), terminal, interrupted);
  end_descendants({});
  screen.check(arguments.json ? "error" : "output", plan.shown_folder);
  return exit_code;
}

void add_point_options(CLI::App& command, PointArguments& a) {
  command.add_option("names", a.names, "ids or families of workloads, suite files (*.toml)")
      ->required()
      ->type_name("NAME|SUITE.toml");
  repeatable(command.add_option("--set", a.set, "a parameter of the workloads and its values: key=v1,v2 (repeatable)")
                 ->type_name("KEY=VALUES"));
  repeatable(
      command
          .add_option(
              "--with", a.with,
              "a workload beside each of the others, in the same window: ID:workers=2,pin=with,key=value (repeatable)")
          ->type_name("COMPANION"));
  command.add_option("--workers", a.workers, "how many workers; default: one for each unit that may be used")
      ->type_name("N,...");
  command.add_option("--as", a.as, "what workers are: threads (default) or processes")->type_name("KIND,...");
  command.add_option("--pin", a.pin, "where workers run; default: compact")->type_name("POLICY,...");
  command
      .add_option(
          "--probes", a.probes,
          "how closely waits are looked at; default: edges and, where workers contend and have no company, sampled")
      ->type_name("LEVEL,...");
  command.add_option("--time", a.time, "length of the measured window; default: 1s")->type_name("DURATION,...");
  command.add_option("--warmup", a.warmup, "before it; default: 200ms")->type_name("DURATION,...");
  command.add_option("--deadline", a.deadline, "for each further phase of a trial; default: 10s")
      ->type_name("DURATION,...");
  command
      .add_option("--stutter", a.stutter, "load on for so long, then off for as long, in turn; default: 0, always on")
      ->type_name("DURATION,...");
  command.add_option("--shuffle", a.shuffle, "workers change places so often; default: 0, never")
      ->type_name("DURATION,...");
  command.add_option("--trials", a.trials, "trials of each point; default: 6, the fewest that give an interval")
      ->type_name("N");
  command.add_option("--seed", a.seed, "of all random choices; default: drawn, and said")->type_name("N");
  add_plugin_option(command, a.plugins);
}

}  // namespace

void add_run_command(CLI::App& app, int& exit_code, const std::vector<std::string>& argv) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = app.add_subcommand("run", "Measure workloads: throughput, fairness and starvation side by side");
  add_point_options(*command, arguments->points);
  command
      ->add_option("--out", arguments->out,
                   "folder of the record; default: results/runs/ID in a checkout, else fairground-runs/ID")
      ->type_name("DIR");
  command->add_flag("--json", arguments->json, "the record's lines on standard output, all else on standard error");
  command->add_flag("--quiet", arguments->quiet, "nothing but the summary");
  command->footer(footer);
  command->callback([arguments, &exit_code, &argv] { exit_code = run(*arguments, argv); });
}

}  // namespace fairground::cli
