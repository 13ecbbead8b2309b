#include "stats/histogram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "base/random.hpp"

namespace fairground::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// Lowest and highest equivalent values that HdrHistogram's own tests state for 3 digits.
TEST(BucketRule, AgreesWithHdrHistogram) {
  const BucketRule rule(3);
  const auto lowest = [&](std::uint64_t value) { return rule.lowest(rule.bucket_of(value)); };
  const auto highest = [&](std::uint64_t value) { return rule.highest(rule.bucket_of(value)); };
  EXPECT_EQ(lowest(10'007), 10'000u);
  EXPECT_EQ(lowest(10'009), 10'008u);
  EXPECT_EQ(highest(8'180), 8'183u);
  EXPECT_EQ(highest(8'191), 8'191u);
  EXPECT_EQ(highest(8'193), 8'199u);
  EXPECT_EQ(highest(9'995), 9'999u);
  EXPECT_EQ(highest(10'007), 10'007u);
  EXPECT_EQ(highest(10'008), 10'015u);
}

TEST(BucketRule, NumbersBucketsByValue) {
  const BucketRule rule(3);
  EXPECT_EQ(rule.bucket_of(0), 0u);
  EXPECT_EQ(rule.bucket_of(2'047), 2'047u);
  EXPECT_EQ(rule.bucket_of(2'048), 2'048u);
  EXPECT_EQ(rule.bucket_of(2'049), 2'048u);
  EXPECT_EQ(rule.bucket_of(2'050), 2'049u);
  EXPECT_EQ(rule.bucket_of(4'095), 3'071u);
  EXPECT_EQ(rule.bucket_of(4'096), 3'072u);
  EXPECT_EQ(rule.bucket_of(1'000'000), 11'169u);  // 9 doublings: 9 * 1024 + floor(1,000,000 / 512)
  EXPECT_EQ(rule.last(), 56'319u);
  EXPECT_EQ(rule.highest(rule.last()), UINT64_MAX);
}

TEST(BucketRule, HasAsManyDigitsAsAsked) {
  EXPECT_EQ(BucketRule(1).bucket_of(31), 31u);  // 2 * 10 -> 32
  EXPECT_EQ(BucketRule(1).bucket_of(33), 32u);
  EXPECT_EQ(BucketRule(2).bucket_of(255), 255u);  // 2 * 100 -> 256
  EXPECT_EQ(BucketRule(2).bucket_of(257), 256u);
  EXPECT_EQ(BucketRule(5).bucket_of(262'143), 262'143u);
  EXPECT_THROW(BucketRule(0), std::invalid_argument);
  EXPECT_THROW(BucketRule(6), std::invalid_argument);
}

TEST(BucketRule, BucketsTileTheNumbersAndAreNarrow) {
  for (int digits = 1; digits <= 4; ++digits) {
    const BucketRule rule(digits);
    for (std::uint32_t bucket = 0; bucket < rule.last(); ++bucket) {
      const std::uint64_t low = rule.lowest(bucket), high = rule.highest(bucket);
      ASSERT_EQ(rule.bucket_of(low), bucket);
      ASSERT_EQ(rule.bucket_of(high), bucket);
      ASSERT_EQ(rule.lowest(bucket + 1), high + 1);
      ASSERT_LE(static_cast<double>(high - low), static_cast<double>(low) * std::pow(10, -digits));
    }
  }
}

TEST(Histogram, CountsAndAnswers) {
  Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.percentile(50), 0u);
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_THAT(histogram.pairs(), IsEmpty());
  for (std::uint64_t value = 1; value <= 1'000; ++value) histogram.record(value);
  EXPECT_EQ(histogram.count(), 1'000u);
  EXPECT_DOUBLE_EQ(histogram.mean(), 500.5);
  EXPECT_EQ(histogram.percentile(50), 500u);
  EXPECT_EQ(histogram.percentile(99.9), 999u);
  EXPECT_EQ(histogram.percentile(100), 1'000u);
  EXPECT_EQ(histogram.percentile(0.01), 1u);
  EXPECT_THROW((void)histogram.percentile(0), std::invalid_argument);
  EXPECT_THROW((void)histogram.percentile(101), std::invalid_argument);
}

TEST(Histogram, GivesSparsePairs) {
  Histogram histogram;
  histogram.record(10'007, 3);
  histogram.record(10'000);
  histogram.record(5);
  histogram.record(7, 0);
  EXPECT_THAT(histogram.pairs(), ElementsAre(Pair(5, 1), Pair(4'322, 4)));  // 3 * 1024 + 10000 / 8
  EXPECT_EQ(histogram.percentile(50), 10'007u);
  EXPECT_EQ(Histogram(histogram.pairs()).pairs(), histogram.pairs());
  EXPECT_EQ(Histogram(histogram.pairs()).count(), 5u);
  EXPECT_THROW(Histogram({{56'320, 1}}), std::invalid_argument);
}

TEST(Histogram, TakesTheLargestNumber) {
  Histogram histogram;
  histogram.record(UINT64_MAX);
  EXPECT_EQ(histogram.percentile(100), UINT64_MAX);
  EXPECT_EQ(histogram.rule().lowest(histogram.pairs().front().first), UINT64_MAX - (std::uint64_t{1} << 53) + 1);
}

TEST(Histogram, MergingIsRecordingBoth) {
  Random random(9);
  Histogram a, b, both;
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t value = random() >> random.below(64);
    (i % 3 == 0 ? a : b).record(value);
    both.record(value);
  }
  a.merge(b);
  EXPECT_EQ(a.pairs(), both.pairs());
  EXPECT_EQ(a.count(), 10'000u);
  a.merge(a);
  EXPECT_EQ(a.count(), 20'000u);
  EXPECT_EQ(a.percentile(90), both.percentile(90));
  EXPECT_THROW(a.merge(Histogram(2)), std::invalid_argument);
}

TEST(Histogram, PercentilesKeepTheirDigits) {
  Random random(10);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 10'001; ++i) {
    values.push_back(static_cast<std::uint64_t>(std::pow(10, 9 * random.uniform())));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double p : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0}) {
    const auto exact = static_cast<double>(values[static_cast<std::size_t>(std::ceil(p * 10'001 / 100)) - 1]);
    const auto answer = static_cast<double>(histogram.percentile(p));
    EXPECT_GE(answer, exact) << p;
    EXPECT_LE(answer, exact * 1.001) << p;
  }
}

}  // namespace
}  // namespace fairground::stats
