// How far the numbers of a workload can be turned up on this machine before one operation takes longer than a short
// trial can wait for: fibonacci of 50 would take minutes, and look like a hang.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "plan/draw.hpp"
#include "plan/parameter.hpp"

namespace fairground::cli {

// The largest sensible value of each parameter that has one below its own upper end, by key.
using Reach = std::map<std::string, double>;

// Does a trial of one worker with these parameters come to its end in good time?
using IsQuick = std::function<bool(const plan::Point&)>;

// Not for several threads at a time.
class Reaches {
 public:
  // bounds: what draws keep to; a trial of one worker may have all of it.
  explicit Reaches(const plan::DrawBounds& bounds) : bounds_(bounds) {}

  // Tries each number that is no duration at its upper end, all others at their default; where that is too slow, looks
  // between the default and there. Where the defaults are too slow themselves nothing is known and nothing is bounded.
  // Parameters of a family with the same name and range mean the same, and are tried once.
  Reach of(const plan::WorkloadInfo&, const IsQuick&);

 private:
  const plan::DrawBounds& bounds_;
  std::map<std::string, double> known_;
};

// The draw with its parameters within reach. True if that changed any.
bool keep_within(plan::Draw&, const plan::WorkloadInfo&, const Reach&);

}  // namespace fairground::cli
