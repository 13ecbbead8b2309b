// What failed in a stress run: which failures are alike, which are looked into alone, and what came of that.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/stress_alone.hpp"
#include "cli/stress_draws.hpp"
#include "record/lines.hpp"

namespace fairground::cli {

// A trial that failed, or in which somebody starved that should not, to be run again alone.
struct Failure {
  Ready what;
  unsigned trial = 0;
  Sought sought;
  std::string key;  // equal for those of which one is enough to be looked into
  std::string why;
};

// Not for several threads at a time.
class StressFailures {
 public:
  // Queues it, if it failed and none like it is queued or was looked into. Why it failed; empty: it didn't, or only
  // starved somebody.
  std::string note(const Ready&, const nlohmann::json& trial_line);
  [[nodiscard]] bool empty() const { return queue_.empty(); }
  Failure take();
  // What running it alone came to; null: it is nothing, somebody starved beside others only. One that was not seen
  // again may have been something else than the next one like it: that is looked into as well, up to three times.
  std::optional<record::Reproduction> conclude(const Failure&, const Found&, const std::vector<std::string>& plugins);
  // There is no time for it.
  void give_up(const Failure& failure) { given_up_.push_back(failure); }

  // What an earlier part of the run found out, and what it left to be looked into. The workloads of its starved trials
  // that were shown to be so.
  std::vector<std::string> recall(const StressPlan&);

  [[nodiscard]] const std::vector<record::Reproduction>& reproductions() const { return reproductions_; }
  // A sentence for each failure that was not looked into.
  [[nodiscard]] std::vector<std::string> not_looked_into() const;

 private:
  std::deque<Failure> queue_;
  std::map<std::string, unsigned> looked_into_;  // by key: how often, until it is settled
  std::vector<record::Reproduction> reproductions_;
  std::vector<Failure> given_up_;
};

}  // namespace fairground::cli
