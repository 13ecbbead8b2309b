// Who fairness is measured among in one trial, and what is known of each: the step from a trial's raw facts to the
// arguments of stats/metrics.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/lines.hpp"
#include "stats/metrics.hpp"
#include "trial/spec.hpp"

namespace fairground::record {

struct Contender {
  unsigned index = 0;
  std::string class_name;       // empty: a worker of no class
  std::vector<unsigned> units;  // what it may use; empty: any
  std::uint64_t operations = 0;
  std::uint64_t cpu_ns = 0;  // of a worker, in the window
  bool delays_known = true;  // of a worker: the run delay in its gaps
  std::vector<unsigned> units_seen;
  double x = 0;                    // what all metrics count: effective operations where they apply
  std::vector<stats::Span> spans;  // those that may be episodes
  stats::GapBracket longest_gap{};
  std::vector<std::int64_t> at_ns;    // samples: 0 ... window
  std::vector<std::uint64_t> counts;  // since the window's start, same length

  [[nodiscard]] stats::SampleSeries samples() const { return {at_ns, counts}; }
};

// The workers as contenders, with the samples if they are the contenders of this trial.
std::vector<Contender> workers_of(const trial::Spec&, const trial::Result&);

// The contenders that are not workers; empty if the workers are the contenders. Their gaps are exact if they were
// stamped, else two samples wide.
std::vector<Contender> others_of(const trial::Result&);

// x_i of a worker: whole operations are counted where there is no contended resource (DESIGN: stamps, 1 % of the
// window).
double counted(const trial::Spec&, const trial::WorkerResult&);

// A gap of a worker as stats wants it, clipped to the window; null if it lies outside.
std::optional<stats::Span> clipped(const trial::Gap&, std::uint64_t window_ns);

}  // namespace fairground::record
