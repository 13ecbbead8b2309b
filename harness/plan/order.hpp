// In which order the points of a run are measured.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fairground::plan {

// One list per block: every index of 0 ... points - 1 once, in an order that follows from the seed and the block's
// number alone; so more blocks only add to what fewer would do.
std::vector<std::vector<std::size_t>> order(std::size_t points, unsigned blocks, std::uint64_t seed);

}  // namespace fairground::plan
