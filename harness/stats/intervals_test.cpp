#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "base/random.hpp"
#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

// n, n - 1, ... 1: the values are their ranks.
std::vector<double> ranks(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.rbegin(), values.rend(), 1.0);
  return values;
}

TEST(MedianInterval, UsesTheTabulatedRanks) {
  struct Row {
    int n, low, high;
  };
  for (const Row& row : {Row{6, 1, 6}, Row{7, 1, 7}, Row{8, 1, 8}, Row{9, 2, 8}, Row{10, 2, 9}, Row{12, 3, 10},
                         Row{20, 6, 15}, Row{30, 10, 21}, Row{100, 40, 61}}) {
    const MedianInterval interval = median_interval(ranks(row.n));
    EXPECT_EQ(interval.low, row.low) << row.n;
    EXPECT_EQ(interval.high, row.high) << row.n;
  }
}

TEST(MedianInterval, HasNoneBelowSixValues) {
  for (int n = 1; n < 6; ++n) {
    const MedianInterval interval = median_interval(ranks(n));
    EXPECT_EQ(interval.low, std::nullopt) << n;
    EXPECT_EQ(interval.high, std::nullopt) << n;
    EXPECT_DOUBLE_EQ(interval.median, (n + 1) / 2.0) << n;
  }
  EXPECT_THROW(median_interval({}), std::invalid_argument);
}

TEST(MedianInterval, CopesWithManyValues) {
  const MedianInterval interval = median_interval(ranks(10'000));
  // The normal approximation of the ranks: 5,000.5 -+ 1.96 * 50.
  EXPECT_NEAR(*interval.low, 4902, 2);
  EXPECT_NEAR(*interval.high, 5099, 2);
  EXPECT_DOUBLE_EQ(interval.median, 5000.5);
}

// Of 20 values the interval covers the true median in 95.86 % of cases, whatever the distribution: here one without a
// mean.
TEST(MedianInterval, CoversTheMedianOfHeavyTails) {
  Random random(20);
  int covered = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::vector<double> values(20);
    for (double& value : values) value = 1 / (1 - random.uniform());  // Pareto, median 2
    const MedianInterval interval = median_interval(values);
    covered += *interval.low <= 2 && 2 <= *interval.high ? 1 : 0;
  }
  EXPECT_NEAR(covered / 4'000.0, 0.9586, 0.012);  // four standard errors; the seed is fixed
}

TEST(Percentile, IsTheNearestRank) {
  EXPECT_EQ(percentile(ranks(10), 50), 5);
  EXPECT_EQ(percentile(ranks(10), 51), 6);
  EXPECT_EQ(percentile(ranks(10), 99), 10);
  EXPECT_EQ(percentile(ranks(10), 100), 10);
  EXPECT_EQ(percentile(ranks(10), 0.001), 1);
  EXPECT_EQ(percentile({7}, 50), 7);
  EXPECT_EQ(percentile({15, 20, 35, 40, 50}, 30), 20);
}

TEST(Percentile, IsNotMovedByRounding) {
  EXPECT_EQ(percentile(ranks(1000), 99.9), 999);
  EXPECT_EQ(percentile(ranks(10'000), 99.99), 9'999);
  EXPECT_EQ(percentile(ranks(20), 55), 11);
  for (int p = 1; p <= 100; ++p) EXPECT_EQ(percentile(ranks(100), p), p);
  for (int p = 1; p <= 1000; ++p) EXPECT_EQ(percentile(ranks(1000), p / 10.0), p);
}

TEST(Percentile, RefusesNonsense) {
  EXPECT_THROW(percentile({}, 50), std::invalid_argument);
  EXPECT_THROW(percentile({1}, 0), std::invalid_argument);
  EXPECT_THROW(percentile({1}, 100.1), std::invalid_argument);
  EXPECT_THROW(percentile({1}, std::nan("")), std::invalid_argument);
}

}  // namespace
}  // namespace fairground::stats
