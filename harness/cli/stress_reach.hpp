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

// Tries each number that is neither a duration nor a size bounded otherwise at its upper end, all others at their
// default; where that is too slow, looks between the default and there, on a logarithmic scale. Where the defaults are
// too slow, or don't run here at all, nothing is known and nothing is bounded.
// `bounds`: upper ends are those that a draw of one worker keeps to.
Reach reach_of(const plan::WorkloadInfo&, const plan::DrawBounds& bounds, const IsQuick&);

// The draw with its parameters within reach. True if that changed any.
bool keep_within(plan::Draw&, const plan::WorkloadInfo&, const Reach&);

}  // namespace fairground::cli
