#include "stats/metrics.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace fairground::stats {
namespace {

double sum_of(std::span<const double> x) { return std::accumulate(x.begin(), x.end(), 0.0); }

}  // namespace

std::optional<double> jain(std::span<const double> x) {
  const double sum = sum_of(x);
  if (!(sum > 0)) return std::nullopt;
  const double squares = std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
  return sum * sum / (static_cast<double>(x.size()) * squares);
}

std::optional<double> fairness_factor(std::span<const double> x) {
  const double sum = sum_of(x);
  if (x.size() < 2 || !(sum > 0)) return std::nullopt;
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const std::size_t half = sorted.size() / 2;
  double upper = sum_of(std::span(sorted).first(half));
  if (sorted.size() % 2 == 1) upper += sorted[half] / 2;
  return std::min(1.0, upper / sum);  // the two sums are rounded in another order
}

std::optional<double> gini(std::span<const double> x) {
  const double sum = sum_of(x);
  if (!(sum > 0)) return std::nullopt;
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  // The k-th smallest is the larger one in k - 1 pairs and the smaller one in n - k: the double sum in one pass.
  const auto n = static_cast<double>(sorted.size());
  double differences = 0;
  for (std::size_t k = 1; k <= sorted.size(); ++k) {
    differences += (2 * static_cast<double>(k) - n - 1) * sorted[k - 1];
  }
  return std::max(0.0, differences / (n * sum));
}

std::optional<double> raw_minimum_share(std::span<const double> x) {
  const double sum = sum_of(x);
  if (!(sum > 0)) return std::nullopt;
  return static_cast<double>(x.size()) * *std::min_element(x.begin(), x.end()) / sum;
}

std::optional<MinimumShare> minimum_share(std::span<const double> x, std::span<const double> entitlement) {
  const double sum = sum_of(x);
  if (!(sum > 0) || sum < 100 * static_cast<double>(x.size())) return std::nullopt;
  std::optional<MinimumShare> least;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(entitlement[i] > 0)) continue;
    const double ratio = x[i] / (entitlement[i] * sum);
    if (!least || ratio < least->ratio) least = {ratio, i};
  }
  return least;
}

std::optional<double> effective_operations(std::uint64_t k, std::uint64_t window_ns, std::int64_t first_completion_ns,
                                           std::int64_t last_completion_ns) {
  if (k < 2 || last_completion_ns <= first_completion_ns) return std::nullopt;
  return static_cast<double>(k - 1) * static_cast<double>(window_ns) /
         static_cast<double>(last_completion_ns - first_completion_ns);
}

std::vector<std::size_t> starved(std::span<const double> x, std::span<const double> entitlement) {
  const double sum = sum_of(x);
  const double mean = x.empty() ? 0 : sum / static_cast<double>(x.size());
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double due = entitlement[i] * sum;
    if ((due >= 10 && x[i] < 0.01 * due) || (mean >= 20 && x[i] == 0)) found.push_back(i);
  }
  return found;
}

}  // namespace fairground::stats
