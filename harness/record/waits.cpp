#include "record/waits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace fairground::record {

namespace {

const stats::BucketRule& rule() {
  static const stats::BucketRule two(2);
  return two;
}

double middle(std::size_t bucket) {
  const auto b = static_cast<std::uint32_t>(bucket);
  return (static_cast<double>(rule().lowest(b)) + static_cast<double>(rule().highest(b))) / 2;
}

constexpr std::uint64_t fewest_unstamped = 1'000;  // below it, weights would be noise

}  // namespace

void Spans::add(const stats::Histogram& histogram, double weight) {
  for (const auto& [bucket, times] : histogram.pairs()) {
    if (bucket >= weights_.size()) weights_.resize(bucket + std::size_t{1});
    weights_[bucket] += weight * static_cast<double>(times);
    total_ += weight * static_cast<double>(times);
  }
  count_ += histogram.count();
}

double Spans::mean() const {
  if (total_ <= 0) return 0;
  double sum = 0;
  for (std::size_t b = 0; b < weights_.size(); ++b) sum += weights_[b] * middle(b);
  return sum / total_;
}

std::uint64_t Spans::percentile(double p) const {
  double before = 0;
  std::size_t last = 0;
  for (std::size_t b = 0; b < weights_.size(); ++b) {
    if (weights_[b] <= 0) continue;
    before += weights_[b];
    last = b;
    if (before >= total_ * p / 100) break;
  }
  return rule().highest(static_cast<std::uint32_t>(last));
}

nlohmann::json Spans::json(bool disturbed) const {
  using nlohmann::json;
  const bool any = count_ > 0 && total_ > 0;
  const auto at = [&](double p) { return any ? nlohmann::json(percentile(p)) : nlohmann::json(); };
  nlohmann::json buckets = nlohmann::json::array();
  for (std::size_t b = 0; any && b < weights_.size(); ++b) {
    const auto times = static_cast<std::uint64_t>(std::llround(weights_[b] * static_cast<double>(count_) / total_));
    if (times > 0) buckets.push_back({b, times});
  }
  return {{"mean", any ? nlohmann::json(mean()) : nlohmann::json()},
          {"p50", at(50)},
          {"p90", at(90)},
          {"p99", at(99)},
          {"p999", at(99.9)},
          {"count", count_},
          {"digits", 2},
          {"disturbed", disturbed},
          {"buckets", std::move(buckets)}};
}

double WeightedWaits::bias() const {
  const double mean = spans.mean();
  if (!weighted || mean <= 0 || unweighted_mean <= 0) return 1;
  return std::max(mean / unweighted_mean, unweighted_mean / mean);
}

WeightedWaits weighted_waits(const std::vector<trial::WorkerProbes>& workers,
                             const std::vector<std::uint64_t>& unstamped, int access) {
  std::array<double, trial::distance_classes> stamped{};
  const auto each = [&](auto&& f) {
    for (const trial::WorkerProbes& w : workers)
      for (int a = 0; a < 2; ++a)
        for (std::size_t c = 0; c < trial::distance_classes; ++c)
          if (access < 0 || access == a) f(w.waits[static_cast<std::size_t>(a)][c], c);
  };
  each([&](const stats::Histogram& h, std::size_t c) { stamped[c] += static_cast<double>(h.count()); });
  const double all_stamped = std::accumulate(stamped.begin(), stamped.end(), 0.0);
  const auto all_unstamped = std::accumulate(unstamped.begin(), unstamped.end(), std::uint64_t{0});
  WeightedWaits out;
  out.weighted = all_unstamped >= fewest_unstamped && all_stamped > 0;
  std::array<double, trial::distance_classes> weight{};
  for (std::size_t c = 0; c < weight.size(); ++c) {
    const bool both = out.weighted && c < unstamped.size() && unstamped[c] > 0 && stamped[c] > 0;
    weight[c] =
        both ? static_cast<double>(unstamped[c]) / static_cast<double>(all_unstamped) * all_stamped / stamped[c] : 1.0;
  }
  Spans plain;
  each([&](const stats::Histogram& h, std::size_t c) {
    out.spans.add(h, weight[c]);
    plain.add(h);
  });
  out.unweighted_mean = plain.mean();
  return out;
}

}  // namespace fairground::record
