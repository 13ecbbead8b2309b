// Finding plugins and asking what is in them, each in a child process of its own, side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "plan/point.hpp"
#include "plan/workload_info.hpp"

namespace fairground::load {

inline constexpr std::uint64_t least_descriptors = 100;  // that asking plugins takes, or running a trial

struct Library {
  std::string path;    // canonical; as it was given where there is no such file
  std::string name;    // what the plugin calls itself
  std::string sha256;  // of the file; known of one that crashed, too
  FileIdentity file;   // which file that was
  std::string error;   // a sentence, if it could not be loaded, or a folder could not be searched; then no workloads
  std::vector<std::string> warnings;  // sentences: workloads left out because an earlier plugin has them
  bool asked_for = false;             // named with --plugin: an error is then the user's (exit code 2), else a warning
  std::vector<plan::WorkloadInfo> workloads;
};

// Where plugins are looked for: `named` files, then FAIRGROUND_PLUGIN_PATH (colon-separated folders), then the
// install's own folder (beside the program: ../lib/fairground/plugins). *.so, sorted by name. Never the current
// directory: an entry of the path that is empty or relative is refused, as an `error`. Of two workloads with the same
// id the one found first stays. A plugin has 5 s to answer.
std::vector<Library> scan(const std::vector<std::string>& named);

// Throws UserError with the error of the first library that was asked for and could not be loaded.
void refuse_unloadable(const std::vector<Library>&);

// create -> configure -> contenders -> state_bytes -> destroy of every point that is not `unsupported`, in children
// (one per plugin, in parallel; restarted behind a point that crashes or hangs, which the trial itself will then show;
// a workload that hung once or crashed three times is asked no more). Returns the first FG_BAD_PARAMETER of a
// `configure` as a sentence naming the workload, if any.
std::optional<std::string> check_points(const std::vector<plan::Point>&, const std::vector<Library>&);

// The same, for each point: why its workload refuses it; empty: it doesn't.
std::vector<std::string> refusals(const std::vector<plan::Point>&, const std::vector<Library>&);

// Entry points of those children, reached through hidden arguments of the program (--scan FILE; --configure, JSON on
// stdin).
int scan_main(int argc, char** argv);
int configure_main(int argc, char** argv);

}  // namespace fairground::load
