// One of n, with equal chances or after Zipf: with the alias method (A. J. Walker, 1977; set up after M. D. Vose, IEEE
// TSE 17(9), 1991), one random number and one or two look-ups, whatever the chances.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "kit/random.hpp"

namespace fairground::kit {

class Picker {
 public:
  enum Kind : std::int64_t { uniform, zipf };
  static constexpr const char* names[] = {"uniform", "zipf", nullptr};
  static constexpr double exponent = 0.99;  // that of YCSB (Cooper et al., SoCC 2010)

  // [control] n is 1 ... 65,536. zipf: i is picked in proportion to (i + 1)^-0.99.
  explicit Picker(std::uint32_t n = 1, std::int64_t kind = uniform) : columns_(n, {always, 0}) {
    if (kind != zipf) return;
    std::vector<double> height(n);
    double sum = 0.0;
    for (std::uint32_t i = 0; i < n; ++i) sum += height[i] = std::pow(i + 1.0, -exponent);
    for (double& h : height) h *= n / sum;
    fill(height);
  }

  // [any]
  std::uint32_t operator()(Random& random) const {
    const std::uint64_t bits = random();
    const auto column = static_cast<std::uint32_t>((bits >> 32) * columns_.size() >> 32);
    return (bits & 0xffffffffu) < columns_[column].share ? column : columns_[column].other;
  }

 private:
  static constexpr std::uint64_t always = std::uint64_t{1} << 32;
  struct Column {
    std::uint64_t share;  // of 2^32: how often it is itself
    std::uint32_t other;
  };

  // Columns of mean height 1: each that is too low is filled up from one that is too high.
  void fill(std::vector<double>& height) {
    std::vector<std::uint32_t> low, high;
    for (std::uint32_t i = 0; i < height.size(); ++i) (height[i] < 1.0 ? low : high).push_back(i);
    while (!low.empty() && !high.empty()) {
      const std::uint32_t l = low.back(), h = high.back();
      low.pop_back();
      columns_[l] = {static_cast<std::uint64_t>(height[l] * static_cast<double>(always)), h};
      height[h] -= 1.0 - height[l];
      if (height[h] >= 1.0) continue;
      high.pop_back();
      low.push_back(h);
    }
  }

  std::vector<Column> columns_;
};

}  // namespace fairground::kit
