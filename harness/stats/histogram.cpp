#include "stats/histogram.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "stats/metrics.hpp"

namespace fairground::stats {

BucketRule::BucketRule(int significant_digits) : magnitude_(0) {
  if (significant_digits < 1 || significant_digits > 5)
    throw std::invalid_argument("significant digits beyond 1 ... 5");
  std::uint64_t exact = 2;
  for (int i = 0; i < significant_digits; ++i) exact *= 10;
  magnitude_ = std::bit_width(exact - 1);
}

std::uint32_t BucketRule::bucket_of(std::uint64_t value) const { return log_linear_bucket(value, magnitude_); }

std::uint64_t BucketRule::lowest(std::uint32_t bucket) const {
  const std::uint32_t half = 1u << (magnitude_ - 1);
  if (bucket < 2 * half) return bucket;
  const std::uint32_t shift = bucket / half - 1;
  return static_cast<std::uint64_t>(bucket % half + half) << shift;
}

std::uint64_t BucketRule::highest(std::uint32_t bucket) const {
  return bucket == last() ? UINT64_MAX : lowest(bucket + 1) - 1;
}

Histogram::Histogram(int significant_digits) : rule_(significant_digits), digits_(significant_digits) {}

Histogram::Histogram(const Pairs& pairs, int significant_digits) : Histogram(significant_digits) {
  for (const auto& [bucket, times] : pairs) {
    if (bucket > rule_.last()) throw std::invalid_argument("a bucket that the histogram's rule does not have");
    add(bucket, times);
  }
}

void Histogram::add(std::uint32_t bucket, std::uint64_t times) {
  if (times == 0) return;
  if (bucket >= counts_.size()) counts_.resize(bucket + std::size_t{1});
  counts_[bucket] += times;
  count_ += times;
}

void Histogram::record(std::uint64_t value, std::uint64_t times) { add(rule_.bucket_of(value), times); }

void Histogram::merge(const Histogram& other) {
  if (other.digits_ != digits_) throw std::invalid_argument("histograms of different digits can't be merged");
  const Pairs theirs = other.pairs();  // a copy, since `other` may be this one
  for (const auto& [bucket, times] : theirs) add(bucket, times);
}

double Histogram::mean() const {
  double sum = 0;
  for (const auto& [bucket, times] : pairs()) {
    const auto low = static_cast<double>(rule_.lowest(bucket)), high = static_cast<double>(rule_.highest(bucket));
    sum += (low + high) / 2 * static_cast<double>(times);
  }
  return count_ == 0 ? 0 : sum / static_cast<double>(count_);
}

std::uint64_t Histogram::percentile(double p) const {
  if (!(p > 0 && p <= 100)) throw std::invalid_argument("a percentile beyond 0 ... 100");
  if (count_ == 0) return 0;
  const std::uint64_t rank = nearest_rank(p, count_);
  std::uint64_t passed = 0;
  for (const auto& [bucket, times] : pairs()) {
    passed += times;
    if (passed >= rank) return rule_.highest(bucket);
  }
  return 0;
}

Histogram::Pairs Histogram::pairs() const {
  Pairs result;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    if (counts_[bucket] > 0) result.emplace_back(static_cast<std::uint32_t>(bucket), counts_[bucket]);
  }
  return result;
}

}  // namespace fairground::stats
