// What the trials of one point came to: one row of the table at the end of a run.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "stats/metrics.hpp"

namespace fairground::cli {

// What is known of a point before it is run.
struct PointFacts {
  std::string label;  // as in Label
  std::string variant;
  std::string workload, family, group, operation;
  unsigned workers = 1;
  std::size_t units = 0;  // distinct units of the plan, 0: not pinned
  bool contended = false;
  bool oversubscribed = false;
};

// Whose share was least, or whose gap was longest, in most of the trials.
struct Who {
  std::string kind;               // "worker", or the class of contenders: "client"
  std::optional<unsigned> index;  // of the same contender in more than half of the trials; empty: it varies

  [[nodiscard]] std::string brief() const;  // "w5", "c3", "varies"
};

struct Row {
  PointFacts point;
  unsigned trials = 0;  // measured ones, whatever became of them
  unsigned ok = 0;
  std::string trouble;  // of those that were not ok: "crashed: signal 11 in worker 3"; empty: none
  std::size_t contenders = 0;

  // Of the trials that were ok. Medians with their 95 % interval over trials (none below 6 trials).
  std::optional<stats::MedianInterval> throughput_per_s;
  std::optional<stats::MedianInterval> share;  // minimum share; none if it is unknown in one of the trials
  double lowest_share = 0, highest_share = 0;  // over trials
  std::optional<double> random_share;          // what it would be under random grants, median
  Who least;
  double least_gap_ns = 0;       // longest gap of the contender whose share was least in its trial, largest over trials
  bool least_gap_open = false;   // it was open at an end of the window: "at least"
  std::optional<double> gap_ns;  // largest of all
  bool gap_open = false;
  std::optional<double> episodes;  // by the resource, median of the trials
  double least_episodes = 0;       // lower end of their median's interval; without one, of the trial with the fewest
  unsigned starved_trials = 0;     // trials with a starved contender

  // Of the trials at the probe level `sampled`, their waits together.
  std::optional<std::uint64_t> wait_p50_ns, wait_p99_ns;
  bool waits_disturbed = false;  // in more than half of these trials: not to be quoted
};

// `lines`: the point's trial records of role `measured`.
Row summarise(const PointFacts&, const std::vector<nlohmann::json>& lines);

// Waits from the point's records at the probe level `sampled`, merged as histograms.
void add_waits(Row&, const std::vector<nlohmann::json>& lines);

// Upper end of the median's interval; without one, the largest over trials. Only for rows with a share.
double upper_share(const Row&);

// Half the width of the interval of the median in percent of it; none without an interval.
std::optional<double> half_width_percent(const stats::MedianInterval&);

}  // namespace fairground::cli
