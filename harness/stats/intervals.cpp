#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

// The largest rank d with P(Binomial(n, 1/2) < d) <= 2.5 %; 0 if there is none. Then the d-th smallest and the d-th
// largest of n values enclose the median of what they come from with at least 95 %, whatever its distribution. David
// and Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1.
std::size_t rank_of_interval(std::size_t n) {
  const auto count = static_cast<double>(n);
  const double all = std::lgamma(count + 1) - count * std::log(2.0);
  double below = 0;
  for (std::size_t d = 0; d < n; ++d) {
    const auto successes = static_cast<double>(d);
    below += std::exp(all - std::lgamma(successes + 1) - std::lgamma(count - successes + 1));
    if (below > 0.025) return d;
  }
  return 0;
}

}  // namespace

MedianInterval median_interval(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("the median of no value");
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  MedianInterval result{};
  result.median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  if (const std::size_t rank = rank_of_interval(n); rank > 0) {
    result.low = values[rank - 1];
    result.high = values[n - rank];
  }
  return result;
}

std::uint64_t nearest_rank(double p, std::uint64_t count) {
  // 99.9 * 1000 / 100 is a little above 999 in binary, and must not become rank 1000.
  const double exact = p * static_cast<double>(count) / 100 * (1 - 1e-12);
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(exact)), 1, count);
}

double percentile(std::vector<double> values, double p) {
  if (values.empty() || !(p > 0 && p <= 100)) {
    throw std::invalid_argument("a percentile of nothing, or beyond 0 ... 100");
  }
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(nearest_rank(p, values.size()) - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace fairground::stats
