// In which order the points of a run are measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "plan/point.hpp"

namespace fairground::plan {

// One list per block: every index of 0 ... points - 1 once, in an order that follows from the seed and the block's
// number alone; so more blocks only add to what fewer would do.
std::vector<std::vector<std::size_t>> order(std::size_t points, unsigned blocks, std::uint64_t seed);

// The same, where the indexes of a group follow one another, in the order given: points that are compared with each
// other within the block. Every index is in one group.
std::vector<std::vector<std::size_t>> order(const std::vector<std::vector<std::size_t>>& groups, unsigned blocks,
                                            std::uint64_t seed);

// Points that differ in their probe level alone, in one group each: `edges` first, then sampled, full.
std::vector<std::vector<std::size_t>> groups_of(const std::vector<Point>& points);

}  // namespace fairground::plan
