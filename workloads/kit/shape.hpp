// How lengths of work spread around their mean: a table of 1,000 equally likely factors, so that a draw costs a random
// number and a look-up, whatever the distribution.
//
//   fixed        always the mean
//   exponential  factor i is the mean over the i-th thousandth of the distribution, so that the table's mean is exactly
//                1; its last, 1 + ln 1000 = 7.9, stands for the tail
//   bimodal      900 times half the mean, 100 times 5.5 times the mean: mostly short, rarely eleven times as long
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

#include "kit/random.hpp"

namespace fairground::kit {

class Shape {
 public:
  enum Kind : std::int64_t { fixed, exponential, bimodal };
  static constexpr const char* names[] = {"fixed", "exponential", "bimodal", nullptr};

  // [control]
  explicit Shape(std::int64_t kind = fixed) {
    for (std::uint32_t i = 0; i < count; ++i)
      factors_[i] = static_cast<std::uint16_t>(std::lround(unit * factor(kind, i)));
  }

  // [any] The mean, drawn around; rounded to the nearest. mean < 2^48.
  std::uint64_t draw(std::uint64_t mean, Random& random) const {
    return (mean * factors_[random.below(count)] + unit / 2) / unit;
  }

 private:
  static constexpr std::uint32_t count = 1000;
  static constexpr std::uint64_t unit = 4096;

  static double factor(std::int64_t kind, std::uint32_t i) {
    if (kind == bimodal) return i < count * 9 / 10 ? 0.5 : 5.5;
    if (kind != exponential) return 1.0;
    // The mean of -ln s over the slice of survivors s; its antiderivative is s - s ln s, which is 0 at 0.
    const auto antiderivative = [](double s) { return s > 0.0 ? s - s * std::log(s) : 0.0; };
    return count * (antiderivative(1.0 - i * 1.0 / count) - antiderivative(1.0 - (i + 1.0) / count));
  }

  std::array<std::uint16_t, count> factors_;  // in units; 2 KB, so that it stays in the first-level cache
};

}  // namespace fairground::kit
