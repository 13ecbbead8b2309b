// How lengths of work spread around their mean: a table of 1,000 equally likely factors, so that a draw costs a random
// number and a look-up, whatever the distribution.
//
//   fixed        always the mean
//   exponential  factor i is the mean over the i-th thousandth of the distribution, so that the table's mean is exactly
//                1; its last, 1 + ln 1000 = 7.9, stands for the tail
//   bimodal      900 times half the mean, 100 times 5.5 times the mean: mostly short, rarely eleven times as long
#pragma once

#include <array>
#include <cstdint>

#include "kit/random.hpp"
#include "kit/shape.h"

namespace fairground::kit {

class Shape {
 public:
  enum Kind : std::int64_t { fixed = kit_fixed, exponential = kit_exponential, bimodal = kit_bimodal };
  static constexpr const char* names[] = {"fixed", "exponential", "bimodal", nullptr};

  // [control]
  explicit Shape(std::int64_t kind = fixed) { kit_fill_factors(kind, factors_.data()); }

  // [any] The mean, drawn around; rounded to the nearest. mean < 2^48.
  std::uint64_t draw(std::uint64_t mean, Random& random) const {
    return kit_by_factor(mean, factors_[random.below(kit_factor_count)]);
  }

 private:
  std::array<std::uint16_t, kit_factor_count> factors_;  // 2 KB, so that it stays in the first-level cache
};

}  // namespace fairground::kit
