// Sampled spans (waits, holds, hand-overs) as the record has them, and how far the sampling itself bent them.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "stats/histogram.hpp"
#include "trial/probe_result.hpp"

namespace fairground::record {

// Values with weights. What is written: {mean, p50, p90, p99, p999, count, digits, disturbed, buckets}.
class Spans {
 public:
  void add(const stats::Histogram&, double weight = 1.0);
  [[nodiscard]] double mean() const;  // 0 if empty
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] nlohmann::json json(bool disturbed) const;

 private:
  [[nodiscard]] std::uint64_t percentile(double p) const;

  std::vector<double> weights_;  // by bucket of BucketRule(2)
  double total_ = 0;
  std::uint64_t count_ = 0;
};

// Waits by the re-acquire distance that they ended, weighted so that these distances occur as often as they do among
// all acquisitions: a stamp before the lock loses races, so short distances are too few among the stamped.
struct WeightedWaits {
  Spans spans;
  double unweighted_mean = 0;
  bool weighted = false;  // there were enough unstamped ones to compare with

  // How many times the mean changed by the weights, at least 1.
  [[nodiscard]] double bias() const;
};
// unstamped[c]: how often class c (1, 2, 3-4 ...) occurred in the recorded order. access: 0 writes, 1 reads, -1 both.
WeightedWaits weighted_waits(const std::vector<trial::WorkerProbes>&, const std::vector<std::uint64_t>& unstamped,
                             int access);

}  // namespace fairground::record
