// Whether a worker went short for want of a unit to run on, which no promise of fairness by a lock covers.
#pragma once

#include <vector>

#include "record/contenders.hpp"
#include "record/fairness.hpp"
#include "trial/spec.hpp"

namespace fairground::record {

// Of worker i: it hardly had a unit at all; or it lacked one for most of the time, stood still only then, and else went
// as the others did (docs/measurement.md, "Starvation episodes").
bool wanted_a_unit(const std::vector<Contender>& workers, const Fairness&, const trial::Result&, std::size_t i);

}  // namespace fairground::record
