#include "stats/order.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "stats/metrics.hpp"

namespace fairground::stats {

namespace {

// Mean and standard error of some values.
struct Mean {
  double sum = 0, squares = 0;
  std::uint64_t count = 0;

  void add(double value) {
    sum += value;
    squares += value * value;
    ++count;
  }
  [[nodiscard]] double mean() const { return count > 0 ? sum / static_cast<double>(count) : 0; }
  [[nodiscard]] double standard_error() const {
    if (count < 2) return 0;
    const double n = static_cast<double>(count);
    return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1) / n));
  }
};

// Jain's index of one window, and how many had a part in it.
struct One {
  double jain;
  std::uint32_t distinct;
};
One one_window(std::span<const std::uint32_t> window, std::vector<std::uint32_t>& counts) {
  for (const std::uint32_t who : window) ++counts[who];
  double squares = 0;
  std::uint32_t distinct = 0;
  for (const std::uint32_t who : window) {
    const double x = counts[who];
    squares += x * x;
    distinct += x > 0 ? 1 : 0;
    counts[who] = 0;
  }
  const double w = static_cast<double>(window.size());
  return {w * w / (static_cast<double>(counts.size()) * squares), distinct};
}

}  // namespace

std::vector<WindowJain> short_term_jain(std::span<const Stretch> stretches, std::uint32_t n) {
  std::vector<WindowJain> out;
  if (n == 0) return out;
  std::size_t longest = 0;
  for (const Stretch& s : stretches) longest = std::max(longest, s.size());
  std::vector<std::uint32_t> counts(n, 0);
  for (std::size_t window = 2; window * 2 <= longest; window *= 2) {
    Mean all, distinct, of_stretches;
    for (const Stretch& s : stretches) {
      Mean mine;
      for (std::size_t at = 0; at + window <= s.size(); at += window) {
        const One one = one_window(std::span(s).subspan(at, window), counts);
        mine.add(one.jain);
        all.add(one.jain);
        distinct.add(one.distinct);
      }
      if (mine.count > 0) of_stretches.add(mine.mean());
    }
    out.push_back({window, all.mean(), of_stretches.count > 1 ? of_stretches.standard_error() : all.standard_error(),
                   all.count, distinct.mean()});
  }
  return out;
}

std::vector<WindowJain> long_term_jain(std::span<const std::vector<std::uint32_t>> counts, std::uint64_t window,
                                       std::uint32_t n) {
  std::vector<WindowJain> out;
  if (n == 0) return out;
  std::vector<double> sums(n);
  for (std::size_t width = 1; counts.size() / width >= 2; width *= 2) {
    Mean all, distinct;
    for (std::size_t at = 0; at + width <= counts.size(); at += width) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t k = at; k < at + width; ++k)
        for (std::size_t i = 0; i < std::min<std::size_t>(n, counts[k].size()); ++i) sums[i] += counts[k][i];
      const std::optional<double> index = jain(sums);
      if (!index) continue;
      all.add(*index);
      distinct.add(static_cast<double>(std::count_if(sums.begin(), sums.end(), [](auto x) { return x > 0; })));
    }
    out.push_back({window * width, all.mean(), all.standard_error(), all.count, distinct.mean()});
  }
  return out;
}

double random_jain(std::uint64_t window, std::uint32_t n) {
  const double w = static_cast<double>(window);
  return w / (w + n - 1);
}

std::vector<std::vector<std::uint64_t>> handovers(std::span<const Stretch> stretches, std::uint32_t n) {
  std::vector<std::vector<std::uint64_t>> matrix(n, std::vector<std::uint64_t>(n, 0));
  for (const Stretch& s : stretches)
    for (std::size_t k = 1; k < s.size(); ++k) ++matrix[s[k - 1]][s[k]];
  return matrix;
}

std::vector<std::uint64_t> reacquire_distances(std::span<const Stretch> stretches, std::uint32_t n) {
  std::vector<std::uint64_t> classes;
  std::vector<std::uint64_t> last(n);
  for (const Stretch& s : stretches) {
    std::fill(last.begin(), last.end(), 0);
    for (std::size_t k = 0; k < s.size(); ++k) {
      const std::uint64_t position = k + 1;
      if (last[s[k]] != 0) {
        const auto at = static_cast<std::size_t>(std::bit_width(position - last[s[k]] - 1));
        if (at >= classes.size()) classes.resize(at + 1);
        ++classes[at];
      }
      last[s[k]] = position;
    }
  }
  return classes;
}

}  // namespace fairground::stats
