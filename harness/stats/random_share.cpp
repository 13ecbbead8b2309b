#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/metrics.hpp"

// E[min_i X_i / m_i] of a multinomial X with means m_i = e_i * operations.
//
// The X_i are taken as independent Poissons (Poissonisation: Mitzenmacher and Upfal, Probability and Computing, 2nd
// ed., section 5.4). What that ignores, the randomness of the total S, moves all X_i / m_i together by S / operations,
// whose mean is 1, so the mean of the minimum stays; the spread around it changes with sqrt(S) only. Then
//   E[min] = integral over t >= 0 of P(all X_i >= t m_i) = integral of the product of the tails P(X_i >= t m_i).
// Up to a mean of 1,000 the tails are exact sums, constant between the multiples of 1 / m_i, so that the midpoint rule
// has no error. Above, they are the normal's, whose skewness is by then worth less than 0.001.
namespace fairground::stats {
namespace {

constexpr double largest_exact_mean = 1'000;

// Contenders of one mean.
struct Group {
  double mean;
  double members;
  std::vector<double> tail;  // tail[k] = P(X >= k); empty: use the normal

  [[nodiscard]] double survival(double t) const {  // P(X >= t * mean)
    const double least = t * mean;
    if (tail.empty()) return std::erfc((least - mean) / std::sqrt(2 * mean)) / 2;
    const double k = std::ceil(least);
    return k < static_cast<double>(tail.size()) ? tail[static_cast<std::size_t>(k)] : 0;
  }
  // Beyond it the survival is below 1e-12.
  [[nodiscard]] double end() const { return 1 + (12 * std::sqrt(mean) + 30) / mean; }
};

std::vector<double> poisson_tail(double mean, double end) {
  const auto last = static_cast<std::size_t>(std::ceil(mean * end));
  std::vector<double> tail(last + 2, 0.0);
  // From the far end, so that small terms are added first.
  for (std::size_t k = last + 1; k-- > 0;) {
    const auto count = static_cast<double>(k);
    tail[k] = std::min(1.0, tail[k + 1] + std::exp(count * std::log(mean) - mean - std::lgamma(count + 1)));
  }
  return tail;
}

std::vector<Group> groups_of(double operations, std::span<const double> entitlement) {
  std::vector<double> means;
  for (const double e : entitlement) {
    if (e > 0) means.push_back(e * operations);
  }
  std::sort(means.begin(), means.end());
  std::vector<Group> groups;
  for (const double mean : means) {
    // Equal shares that were rounded differently are one group.
    if (!groups.empty() && mean <= groups.back().mean * (1 + 1e-6)) {
      ++groups.back().members;
    } else {
      groups.push_back({mean, 1, {}});
    }
  }
  for (Group& group : groups) {
    if (group.mean <= largest_exact_mean) group.tail = poisson_tail(group.mean, group.end());
  }
  return groups;
}

// Where the integrand may change: each step of the exact tails, and 256 points across each normal's fall.
std::vector<double> grid_of(const std::vector<Group>& groups) {
  double end = std::numeric_limits<double>::infinity();
  for (const Group& group : groups) end = std::min(end, group.end());
  std::vector<double> grid{0, end};
  for (const Group& group : groups) {
    if (!group.tail.empty()) {
      const auto steps = static_cast<std::size_t>(group.mean * end);
      for (std::size_t k = 1; k <= steps; ++k) grid.push_back(std::min(end, static_cast<double>(k) / group.mean));
      continue;
    }
    for (int i = -128; i <= 128; ++i) {
      const double t = 1 + i * 8 / (128 * std::sqrt(group.mean));
      if (t > 0 && t < end) grid.push_back(t);
    }
  }
  std::sort(grid.begin(), grid.end());
  return grid;
}

}  // namespace

double random_minimum_share(double operations, std::span<const double> entitlement) {
  if (!(operations > 0)) return 0;
  const std::vector<Group> groups = groups_of(operations, entitlement);
  if (groups.empty()) return 0;
  if (groups.size() == 1 && groups.front().members == 1) return 1;  // alone, it gets all
  const std::vector<double> grid = grid_of(groups);
  double mean = 0;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    const double middle = (grid[i - 1] + grid[i]) / 2;
    double all = 1;
    for (const Group& group : groups) all *= std::pow(group.survival(middle), group.members);
    mean += all * (grid[i] - grid[i - 1]);
  }
  return std::min(1.0, mean);
}

}  // namespace fairground::stats
