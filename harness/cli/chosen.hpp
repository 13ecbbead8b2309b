// From the names, suites and options on a command line to the points that they mean; for `run` and `bench` alike.
#pragma once

#include <string>
#include <vector>

#include "load/scan.hpp"
#include "machine/machine.hpp"
#include "plan/options.hpp"
#include "plan/point.hpp"

namespace fairground::cli {

// Options as they stand on the command line, by their name without dashes; those not given are empty.
struct PointArguments {
  std::vector<std::string> names;  // ids, families, suite files
  std::vector<std::string> set, with;
  std::string workers, as, pin, probes, time, warmup, deadline, stutter, shuffle, trials, seed;
  std::vector<std::string> plugins;
};

struct Chosen {
  std::vector<load::Library> libraries;
  machine::Machine machine;
  std::vector<plan::Point> points;  // each once
  unsigned trials = plan::default_trials;
  std::uint64_t seed = 0;  // random if none was given
};

// Reads suites, asks the plugins, expands, and lets each workload look at its parameters. Where neither the command
// line nor a suite says how many workers, there is one for each unit that may be used. Throws UserError for all that
// can be wrong with that; a plugin named with --plugin that can't be loaded, too.
Chosen choose(const PointArguments&);

}  // namespace fairground::cli
