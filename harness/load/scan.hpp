// Finding plugins and asking what is in them, each in a child process of its own, side by side.
#pragma once

#include "plan/point.hpp"
#include "plan/workload_info.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fairground::load {

struct Library {
  std::string path;     // canonical
  std::string name;     // what the plugin calls itself
  std::string sha256;   // of the file
  std::string error;    // a sentence, if it could not be loaded; then no workloads
  bool asked_for = false;  // named with --plugin: an error is then the user's (exit code 2), else a warning
  std::vector<plan::WorkloadInfo> workloads;
};

// Where plugins are looked for: `named` files, then FAIRGROUND_PLUGIN_PATH (colon-separated folders), then the install's
// own folder (beside the program: ../lib/fairground/plugins). Never the current directory. *.so, sorted by name.
std::vector<Library> scan(const std::vector<std::string>& named);

// create -> configure -> contenders -> state_bytes -> destroy of every point, in children (one per plugin, in parallel;
// restarted behind a point that crashes or hangs, which the trial itself will then show).
// Returns the first FG_BAD_PARAMETER as a sentence naming the workload, if any.
std::optional<std::string> check_points(const std::vector<plan::Point>&, const std::vector<Library>&);

// Entry points of those children, reached through hidden arguments of the program (--scan FILE; --configure, JSON on stdin).
int scan_main(int argc, char** argv);
int configure_main(int argc, char** argv);

}  // namespace fairground::load
