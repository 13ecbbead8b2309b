// Counts of values (waits, holds, gaps in ns) in log-linear buckets by HdrHistogram's rule: exact while small, then
// with so many significant digits. Histograms of trials can be merged; their percentiles never are averaged.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace fairground::stats {

// Values below 2^magnitude have a bucket each; from there on every doubling is cut into 2^(magnitude-1).
inline std::uint32_t log_linear_bucket(std::uint64_t value, int magnitude) {
  const int width = std::bit_width(value);
  const int shift = width > magnitude ? width - magnitude : 0;
  // After the shift, values beyond the exact ones lie in the upper half of 2^m: each doubling adds half of 2^m buckets.
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(shift) << (magnitude - 1)) + (value >> shift));
}

// The rule: with d digits, 2^m is the first power of two from 2 * 10^d on. Values below 2^m have a bucket each; from
// there on every doubling is cut into 2^(m-1) equal buckets. Numbered by value from 0. (HdrHistogram, with a lowest
// discernible value of 1.) 3 digits: m = 11, a bucket is at most 1/1,024 of its values wide.
class BucketRule {
 public:
  // 1 ... 5 digits; throws std::invalid_argument otherwise.
  explicit BucketRule(int significant_digits);

  [[nodiscard]] std::uint32_t bucket_of(std::uint64_t value) const;
  [[nodiscard]] std::uint64_t lowest(std::uint32_t bucket) const;   // value in it
  [[nodiscard]] std::uint64_t highest(std::uint32_t bucket) const;  // value in it
  [[nodiscard]] std::uint32_t last() const { return bucket_of(UINT64_MAX); }

 private:
  int magnitude_;  // m
};

// Not thread-safe. Grows with the largest value recorded.
class Histogram {
 public:
  using Pairs = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

  explicit Histogram(int significant_digits = 3);
  // From pairs in any order, as pairs() gives them. Throws std::invalid_argument for a bucket that there is not.
  Histogram(const Pairs& pairs, int significant_digits = 3);

  void record(std::uint64_t value, std::uint64_t times = 1);
  // Throws std::invalid_argument if the other one has other digits.
  void merge(const Histogram& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // By the buckets' middles; 0 if empty.
  [[nodiscard]] double mean() const;
  // The highest value of the bucket in which the nearest rank lies, 0 < p <= 100; 0 if empty. (HdrHistogram's
  // getValueAtPercentile.)
  [[nodiscard]] std::uint64_t percentile(double p) const;
  // [bucket, count] of the buckets that aren't empty, ascending.
  [[nodiscard]] Pairs pairs() const;
  [[nodiscard]] const BucketRule& rule() const { return rule_; }

 private:
  void add(std::uint32_t bucket, std::uint64_t times);

  BucketRule rule_;
  int digits_;
  std::uint64_t count_ = 0;
  std::vector<std::uint64_t> counts_;
};

}  // namespace fairground::stats
