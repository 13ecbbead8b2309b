// A point with everything that its trials need, found out before the first of them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/summary.hpp"
#include "machine/machine.hpp"
#include "plan/point.hpp"
#include "plan/workload_info.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {

// A trial that serves others of its block, and is run once for all that need the same.
struct Serving {
  trial::Spec spec;
  std::string key;  // equal for those that are the same
  bool oversubscribed = false;
};

struct Prepared {
  trial::Spec spec;  // companions included
  bool oversubscribed = false;
  std::vector<bool> companions_oversubscribed;
  std::optional<Serving> control;
  std::vector<Serving> alone;  // if there are companions: itself, then each of them
  std::string unsupported;     // why it can't be run; empty: it can
  PointFacts facts;
};

// The control of a contended point: its control workload with the same workers, places and times, and those of its
// parameters that both have. Null where there is none.
std::optional<plan::Point> control_of(const plan::Point&, const std::vector<plan::WorkloadInfo>&);

// One for each point. scratch_parent: as in trial::Spec. A place that this machine can't give makes the point
// unsupported; if `refuse`, it throws UserError.
std::vector<Prepared> prepare(const std::vector<plan::Point>&, const machine::Machine&,
                              const std::vector<plan::WorkloadInfo>&, const std::string& scratch_parent, bool refuse);

// Those that the points of a block need, each once.
std::vector<const Serving*> servings(const std::vector<Prepared>&);

}  // namespace fairground::cli
