#include "plan/order.hpp"

#include <numeric>

#include "base/random.hpp"

namespace fairground::plan {

std::vector<std::vector<std::size_t>> order(std::size_t points, unsigned blocks, std::uint64_t seed) {
  std::vector<std::vector<std::size_t>> all(blocks, std::vector<std::size_t>(points));
  for (unsigned block = 0; block < blocks; ++block) {
    std::iota(all[block].begin(), all[block].end(), std::size_t{0});
    Random random(hash_of(seed, block));
    shuffle(all[block], random);
  }
  return all;
}

}  // namespace fairground::plan
