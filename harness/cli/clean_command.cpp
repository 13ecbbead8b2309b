#include "cli/clean_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "cli/leftovers.hpp"
#include "cli/run_folder.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

constexpr int most_passes = 5;  // a process may have started another while it was being ended

struct Options {
  std::vector<std::string> folders;
  bool yes = false;
  bool as_json = false;
};

struct Outcome {
  Leftover left;
  bool removed = false;
  std::string why;  // it couldn't be removed
};

constexpr const char* footer =
    R"(Fairground cleans up after itself, and after plugins that crash or hang; a kill -9 or a loss of power may
leave something. Looked at are the temporary folder, /dev/shm, the folders of your runs (results/runs of
a checkout, else ./fairground-runs; name those that you gave to --out), and processes. Listed is only what
carries the mark of a process of Fairground's that is gone, and is your own; records are never touched.

Exit codes: 0 all well, 1 something couldn't be removed, 2 bad input.

Examples:
  fairground clean                 what there is
  fairground clean --yes           remove it
  fairground clean my-run --json   in that run's folder, too; for a program)";

std::string shown(const Leftover& left) {
  if (left.kind == Leftover::Kind::process) return fmt::format("process {} ({})", left.pid, printable(left.name));
  return fmt::format("{} {}", name(left.kind), printable(left.path.string()));
}

json to_json(const Outcome& outcome, bool asked) {
  const Leftover& left = outcome.left;
  const bool process = left.kind == Leftover::Kind::process;
  return {{"kind", name(left.kind)},
          {"path", process ? json() : json(left.path.string())},
          {"pid", process ? json(left.pid) : json()},
          {"name", process ? json(left.name) : json()},
          {"maker_pid", left.maker.pid},
          {"removed", asked ? json(outcome.removed) : json()},
          {"reason", outcome.why.empty() ? json() : json(outcome.why)}};
}

std::vector<Outcome> look(const Places& places) {
  std::vector<Outcome> out;
  for (Leftover& left : find_leftovers(places)) out.push_back({std::move(left), false, ""});
  return out;
}

// Until nothing new comes to light. What couldn't be removed isn't tried again.
std::vector<Outcome> remove_all(const Places& places) {
  std::vector<Outcome> all;
  const auto tried = [&](const Leftover& left) {
    return std::any_of(all.begin(), all.end(), [&](const Outcome& o) {
      return o.left.kind == left.kind && o.left.path == left.path && o.left.pid == left.pid;
    });
  };
  for (int pass = 0; pass < most_passes; ++pass) {
    bool news = false;
    for (Leftover& left : find_leftovers(places)) {
      if (tried(left)) continue;
      news = true;
      std::string why = remove_leftover(left);
      const bool removed = why.empty();
      all.push_back({std::move(left), removed, std::move(why)});
    }
    if (!news) break;
  }
  return all;
}

void print(const std::vector<Outcome>& outcomes, bool asked) {
  if (outcomes.empty()) fmt::print("Nothing is left of killed runs.\n");
  for (const Outcome& o : outcomes) {
    if (!o.why.empty()) continue;
    fmt::print("{}{}, left by process {}\n", o.removed ? "removed " : "", shown(o.left), o.left.maker.pid);
  }
  if (!asked && !outcomes.empty())
    fmt::print("`fairground clean --yes` removes {}.\n", outcomes.size() == 1 ? "it" : "them");
  std::fflush(stdout);
}

int run(const Options& options) {
  const Places places =
      places_of(runs_folder(std::filesystem::current_path()), {options.folders.begin(), options.folders.end()});
  const std::vector<Outcome> outcomes = options.yes ? remove_all(places) : look(places);
  if (options.as_json) {
    json list = json::array();
    for (const Outcome& o : outcomes) list.push_back(to_json(o, options.yes));
    std::cout << list.dump(2, ' ', false, json::error_handler_t::replace) << "\n";
  } else {
    print(outcomes, options.yes);
  }
  int exit_code = 0;
  for (const Outcome& o : outcomes) {
    if (o.why.empty()) continue;
    fmt::print(stderr, "fairground: {} can't be removed: {}.\n", shown(o.left), o.why);
    exit_code = 1;
  }
  return exit_code;
}

}  // namespace

void add_clean_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* clean = app.add_subcommand("clean", "List what killed runs left behind, and remove it");
  clean->add_option("folder", options->folders, "Folders of runs to look in, too")->type_name("DIR");
  clean->add_flag("--yes", options->yes, "Remove what is listed");
  clean->add_flag("--json", options->as_json, "Print one JSON array");
  clean->footer(footer);
  clean->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace fairground::cli
