// What the trials of a stress run came to, workload by workload, and how that is shown at the end.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/style.hpp"

namespace fairground::cli {

// What is wrong with a trial, one sentence; empty: nothing. Wrong are failed, crashed and hung, and a certain finding
// that its workload does not expect. Starvation alone is no failure here: beside other trials, in a short window, it is
// the scheduler's as easily as the workload's; is_starved() tells.
std::string failure_of(const nlohmann::json& trial_line);
// A worker was starved in the window, certainly, though the workload promises fairness, and not because it had no unit:
// it was ready without one for less than half of the time.
bool is_starved(const nlohmann::json& trial_line);
// What may be the same defect: workload, status, kinds of findings, the signal, and whether it was before, while or
// after the workers ran; where there is neither finding nor signal, the reason without its numbers.
std::string failure_kind(const nlohmann::json& trial_line);
// What is taken for the same defect: of that kind, and for the same reason but for its numbers.
std::string failure_key(const nlohmann::json& trial_line);

struct StressRow {
  std::string group;
  unsigned trials = 0, ok = 0, findings = 0, unsupported = 0, crashed = 0, hung = 0;
  unsigned broken = 0;  // of the ok ones: broke their invariant, as the workload says it does
  std::uint64_t operations = 0;
  std::optional<std::uint64_t> longest_gap_ns;
  std::map<std::string, unsigned> reasons;  // of the unsupported ones; at most eight
};

class StressTally {
 public:
  void add(const nlohmann::json& trial_line);  // of role `measured`; interrupted ones don't count
  void add_starved(const std::string& workload) { ++rows_[workload].findings; }

  [[nodiscard]] unsigned trials() const;
  [[nodiscard]] unsigned ok() const;
  [[nodiscard]] unsigned broken() const;
  [[nodiscard]] unsigned failed() const;
  [[nodiscard]] unsigned unsupported() const;
  [[nodiscard]] const std::map<std::string, StressRow>& rows() const { return rows_; }

 private:
  std::map<std::string, StressRow> rows_;  // by workload
};

// The table, and below it a line for each workload with unsupported trials: how many, and why most of them.
std::vector<Line> stress_table(const StressTally&, const Style&);

}  // namespace fairground::cli
