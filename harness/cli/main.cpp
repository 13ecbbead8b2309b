// fairground: hidden arguments make this program one of its own child processes; else it is a command line.
#include <cstdio>
#include <string_view>
#include <system_error>

#include "base/descendants.hpp"
#include "base/error.hpp"
#include "base/maker.hpp"
#include "base/text.hpp"
#include "cli/bench_body.hpp"
#include "cli/bench_command.hpp"
#include "cli/clean_command.hpp"
#include "cli/describe_command.hpp"
#include "cli/list_command.hpp"
#include "cli/output.hpp"
#include "cli/report_command.hpp"
#include "cli/run_command.hpp"
#include "cli/stress_command.hpp"
#include "cli/topo_command.hpp"
#include "cli/usage.hpp"
#include "cli/version.hpp"
#include "load/scan.hpp"
#include "trial/spec.hpp"

namespace {

using namespace fairground;

constexpr const char* examples = R"(Examples:
  fairground list                                    what can be run
  fairground describe mutex                          what it does, and its parameters
  fairground topo --pin scatter --workers 4          the machine, and where four workers would go
  fairground run mutex spin ck-ticket --workers 8    three locks, eight workers
  fairground stress --all --for 10m                  everything at once, until something breaks
  fairground report results/runs/7f3a -o report.html one page of what came of it

`fairground COMMAND --help` shows the options of a command.)";

// `help` and `help COMMAND` are what `--help` and `COMMAND --help` are.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (words.size() > 1 && words[1] == "help") {
    words.erase(words.begin() + 1);
    words.emplace_back("--help");
  }
  return words;
}

int command_line(const std::vector<std::string>& words) {
  mark_descendants();
  spare_present_children();
  int exit_code = 0;
  CLI::App app("Stress tests and benchmarks of concurrency: who got to do how much, beside how much was done",
               "fairground");
  app.set_version_flag("--version", cli::version_text());
  app.footer(examples);
  app.require_subcommand(1);
  cli::add_run_command(app, exit_code, words);
  cli::add_stress_command(app, exit_code, words);
  cli::add_list_command(app, exit_code);
  cli::add_describe_command(app, exit_code);
  cli::add_topo_command(app, exit_code);
  cli::add_plot_command(app, exit_code);
  cli::add_report_command(app, exit_code);
  cli::add_bench_command(app, exit_code);
  cli::add_clean_command(app, exit_code);
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));  // as CLI11 wants them: the last first
  } catch (const CLI::Success& success) {                                   // --help, --version
    if (app.get_subcommands().empty() && !app.remaining().empty()) throw UserError(cli::usage_error(app, success));
    exit_code = app.exit(success);
  } catch (const CLI::ParseError& error) {
    throw UserError(cli::usage_error(app, error));
  }
  cli::check_output();
  return exit_code;
}

int dispatch(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--warden") return trial::warden_main(argc, argv);
  if (first == "--scan") return load::scan_main(argc, argv);
  if (first == "--configure") return load::configure_main(argc, argv);
  if (first == "--bench-body") return cli::bench_main(argc, argv);
  return command_line(words_of(argc, argv));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const UserError& error) {
    std::fprintf(stderr, "fairground: %s\n", error.what());
  } catch (const std::system_error& error) {
    std::fprintf(stderr,
                 "fairground: The machine refused something (%s): see ulimit -u and -n, and the cgroup's limits.\n",
                 error.code().message().c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fairground: internal error: %s\n", error.what());
  }
  return 2;
}
