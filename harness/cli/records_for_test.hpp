// Trial records as the tests of summaries need them: what a row is made from, and no more.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/summary.hpp"

namespace fairground::cli {

struct TrialFigures {
  double throughput_per_s = 1000;
  std::vector<double> share;   // of each worker, 1 is fair
  std::vector<double> gap_ns;  // of each worker
  std::vector<bool> starved;   // empty: nobody
  double episodes = 0;
  bool gap_open = false;
};

inline nlohmann::json trial_record(const TrialFigures& f) {
  using nlohmann::json;
  json workers = json::array();
  std::size_t least = 0, longest = 0;
  int starved = 0;
  for (std::size_t i = 0; i < f.share.size(); ++i) {
    if (f.share[i] < f.share[least]) least = i;
    if (f.gap_ns[i] > f.gap_ns[longest]) longest = i;
    const bool is_starved = i < f.starved.size() && f.starved[i];
    starved += is_starved ? 1 : 0;
    workers.push_back({{"worker", i},
                       {"share_ratio", f.share[i]},
                       {"longest_gap_ns", f.gap_ns[i]},
                       {"longest_gap_censored", f.gap_open},
                       {"starved", is_starved}});
  }
  return {{"record", "trial"},
          {"status", "ok"},
          {"reason", nullptr},
          {"findings", json::array()},
          {"per_worker", workers},
          {"metrics",
           {{"throughput_per_s", f.throughput_per_s},
            {"minimum_share_ratio", f.share[least]},
            {"minimum_share_contender", least},
            {"random_minimum_share_ratio", 0.95},
            {"longest_gap_ns", f.gap_ns[longest]},
            {"longest_gap_censored", f.gap_open},
            {"window_too_short", false},
            {"starvation_episodes", f.episodes},
            {"starved_contenders", starved}}}};
}

inline PointFacts contended(const std::string& workload, const std::string& group = "spin") {
  PointFacts facts;
  facts.label = facts.workload = workload;
  facts.group = group;
  facts.family = "locks";
  facts.operation = "acquisition";
  facts.workers = 4;
  facts.units = 2;
  facts.contended = true;
  facts.oversubscribed = true;
  return facts;
}

}  // namespace fairground::cli
