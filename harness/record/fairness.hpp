// How the contenders of one trial fared against each other, and the metrics of the record made from that.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "record/contenders.hpp"
#include "record/nulls.hpp"

namespace fairground::record {

struct Fairness {
  std::vector<double> x;
  std::vector<double> entitlement;  // sums to 1
  double sum = 0;                   // of x
  std::uint64_t window_ns = 0;      // 0: the window never opened
  stats::EpisodeThresholds thresholds{};
  std::vector<stats::Episodes> episodes;  // empty without operations: there is no fair interval
  std::vector<bool> starved;

  [[nodiscard]] bool measured() const { return window_ns > 0 && !x.empty(); }
  // What a gap's rest, or its run delay, must pass to be an episode (stats::episodes).
  [[nodiscard]] double resource_ns() const;
  [[nodiscard]] double scheduler_ns() const;
};

// Entitlement is among the contenders alone: what companions on the same units take from one of them and not from
// another shows as a smaller share. stolen_ns: by the hypervisor, from all units.
Fairness fairness_of(const std::vector<Contender>&, std::uint64_t window_ns, const ControlFigures&,
                     double stolen_ns = 0);

// Nanoseconds as the record has them: whole, rounded up, so that what is not 0 does not become it.
std::uint64_t whole_ns(double ns);

// Jain's index down to starved contenders, as DESIGN names them. Reasons for nulls go below `path`.
nlohmann::json fairness_json(const std::vector<Contender>&, const Fairness&, const std::string& path, Nulls&);

// The keys that a worker and another contender have in common, their reasons below `path`.
nlohmann::json contender_json(const Contender&, const Fairness&, std::size_t i, const std::string& path, Nulls&);

// Below 20 rounds of the scheduler or below 10 longest gaps: no word about gaps but "at least".
bool window_too_short(const std::vector<Contender>&, const Fairness&);

}  // namespace fairground::record
