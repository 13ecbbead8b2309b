#include "plan/order.hpp"

#include <algorithm>
#include <map>
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

std::vector<std::vector<std::size_t>> order(const std::vector<std::vector<std::size_t>>& groups, unsigned blocks,
                                            std::uint64_t seed) {
  std::vector<std::vector<std::size_t>> all;
  for (const std::vector<std::size_t>& block : order(groups.size(), blocks, seed)) {
    std::vector<std::size_t>& points = all.emplace_back();
    for (const std::size_t group : block) points.insert(points.end(), groups[group].begin(), groups[group].end());
  }
  return all;
}

std::vector<std::vector<std::size_t>> groups_of(const std::vector<Point>& points) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [at, fresh] = known.try_emplace(key_without_probes(points[i]), groups.size());
    if (fresh) groups.emplace_back();
    groups[at->second].push_back(i);
  }
  const auto level = [&](std::size_t i) { return probe_level(points[i].probes); };
  for (std::vector<std::size_t>& group : groups)
    std::stable_sort(group.begin(), group.end(), [&](std::size_t a, std::size_t b) { return level(a) < level(b); });
  return groups;
}

}  // namespace fairground::plan
