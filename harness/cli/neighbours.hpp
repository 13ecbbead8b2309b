// What workloads that ran side by side took from each other, over the blocks of a run.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/style.hpp"
#include "stats/metrics.hpp"

namespace fairground::cli {

// Of one party beside the others, against itself alone in the same block.
struct Loss {
  std::string point;    // label of the point: "mutex beside memory"
  std::string who;      // this party's workload
  unsigned blocks = 0;  // in which both ended well
  // Throughput beside over alone; median of the blocks' ratios, with its interval from 6 blocks on.
  std::optional<stats::MedianInterval> ratio;
  std::optional<double> share_alone, share_beside;    // minimum share, medians; none if unknown in one of the blocks
  std::optional<double> gap_alone_ns, gap_beside_ns;  // longest of all blocks
  unsigned starved_blocks = 0;                        // with a starved contender beside the others, and none alone
};

// `interferences`: the record's objects of that name of one point, one a block. A loss for each party, itself first.
std::vector<Loss> losses(const std::string& label, const std::vector<nlohmann::json>& interferences);

// "mutex beside memory: 0.48 of its throughput alone (95 % 0.45 to 0.52), minimum share 0.98 → 0.91, ...", a line a
// loss.
std::vector<Line> loss_lines(const std::vector<Loss>&, const Style&);

}  // namespace fairground::cli
