// The draws of a stress run, made ready before there is room for them: configured by their workloads, drawn again where
// those refuse the values.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/stress_plan.hpp"

namespace fairground::cli {

// A draw that is ready to be run.
struct Ready {
  std::uint64_t k = 0;
  plan::Draw draw;
  const plan::WorkloadInfo* info = nullptr;
  std::string unsupported;  // what its workload says to the values of all attempts; empty: it takes these
};

// What the workload says to these values, a sentence; empty: it takes them, or can't be asked, and the trial will tell.
std::string refusal(const plan::Point&, const std::vector<load::Library>&);

// Not for several threads at a time.
class StressDraws {
 public:
  // finished: draws of an earlier part of the run, which are left out.
  StressDraws(const StressPlan& plan, std::set<std::uint64_t> finished) : plan_(plan), finished_(std::move(finished)) {}

  // The next so many.
  std::vector<Ready> next(std::size_t n);
  // How many of them were held back, by which bound.
  [[nodiscard]] const std::map<std::string, unsigned>& held_back() const { return held_back_; }

 private:
  const StressPlan& plan_;
  std::set<std::uint64_t> finished_;
  std::uint64_t k_ = 0;
  std::map<std::string, unsigned> held_back_;
};

// The draw of which this is the trial's line; none if it is of another seed or of other workloads.
std::optional<Ready> draw_of(const StressPlan&, const nlohmann::json& trial_line);

}  // namespace fairground::cli
