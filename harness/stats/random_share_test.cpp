#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

std::vector<double> equal(std::size_t n) { return std::vector<double>(n, 1 / static_cast<double>(n)); }

// Minimum shares of `rounds` runs whose grants were drawn one by one, ascending.
std::vector<double> simulation(int operations, const std::vector<double>& e, int rounds, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> shares;
  for (int round = 0; round < rounds; ++round) {
    std::vector<int> x(e.size(), 0);
    for (int k = 0; k < operations; ++k) {
      double left = random.uniform();
      std::size_t i = 0;
      while (i + 1 < e.size() && left >= e[i]) left -= e[i++];
      ++x[i];
    }
    double least = 1;
    for (std::size_t i = 0; i < e.size(); ++i) least = std::min(least, x[i] / (e[i] * operations));
    shares.push_back(least);
  }
  std::sort(shares.begin(), shares.end());
  return shares;
}

double simulated(int operations, const std::vector<double>& e, int rounds, std::uint64_t seed) {
  const std::vector<double> shares = simulation(operations, e, rounds, seed);
  return std::accumulate(shares.begin(), shares.end(), 0.0) / rounds;
}

TEST(RandomMinimumShare, AgreesWithKnownSimulations) {
  EXPECT_NEAR(random_minimum_share(8 * 100, equal(8)), 0.86, 0.005);
  EXPECT_NEAR(random_minimum_share(8 * 1'000, equal(8)), 0.957, 0.005);
}

// 64 contenders with 5 operations each: the unluckiest has 1 of them (0.20) in most runs, but 0 in a third, so the mean
// is lower: P(X >= 1)^64 + P(X >= 2)^64 + ... = 0.72 of 5.
TEST(RandomMinimumShare, IsTheMeanWhereTheMedianIsAStep) {
  EXPECT_NEAR(random_minimum_share(64 * 5, equal(64)), 0.144, 0.001);
  EXPECT_NEAR(simulated(64 * 5, equal(64), 1'000, 7), 0.144, 0.02);
  EXPECT_NEAR(simulation(64 * 5, equal(64), 1'000, 7)[500], 0.20, 1e-9);
}

TEST(RandomMinimumShare, AgreesWithSimulation) {
  EXPECT_NEAR(random_minimum_share(3'200, equal(64)), simulated(3'200, equal(64), 200, 1), 0.01);
  EXPECT_NEAR(random_minimum_share(800, equal(8)), simulated(800, equal(8), 400, 2), 0.01);
  EXPECT_NEAR(random_minimum_share(200, equal(2)), simulated(200, equal(2), 1'000, 3), 0.01);
  EXPECT_NEAR(random_minimum_share(12, equal(4)), simulated(12, equal(4), 4'000, 4), 0.02);
  const std::vector<double> placed{0.25, 0.5, 0.25}, uneven{0.01, 0.04, 0.15, 0.3, 0.5};
  EXPECT_NEAR(random_minimum_share(300, placed), simulated(300, placed, 1'000, 5), 0.01);
  EXPECT_NEAR(random_minimum_share(500, uneven), simulated(500, uneven, 1'000, 6), 0.02);
}

// For two, min(X, N - X) has a closed form for large N: 1 - sqrt(2 / (pi N)).
TEST(RandomMinimumShare, AgreesWithTheClosedFormOfTwo) {
  for (const double n : {100.0, 1'900.0, 2'100.0, 1e6, 1e10}) {
    EXPECT_NEAR(random_minimum_share(n, equal(2)), 1 - std::sqrt(2 / (M_PI * n)), 0.003) << n;
  }
}

TEST(RandomMinimumShare, MixesSmallAndLargeCounts) {
  // Means of 100 and 99,900: the large one hardly varies, so it is E[min(X / 100, 1)] = 1 - 0.1 / sqrt(2 pi).
  EXPECT_NEAR(random_minimum_share(1e5, std::vector<double>{0.001, 0.999}), 0.960, 0.003);
  EXPECT_NEAR(random_minimum_share(4 * 999.9, equal(4)), random_minimum_share(4 * 1000.1, equal(4)), 0.001);
}

TEST(RandomMinimumShare, HasItsLimits) {
  EXPECT_EQ(random_minimum_share(0, equal(4)), 0);
  EXPECT_EQ(random_minimum_share(1'000, equal(1)), 1);
  EXPECT_EQ(random_minimum_share(1'000, std::vector<double>{0, 1}), 1);
  EXPECT_EQ(random_minimum_share(1'000, {}), 0);
  EXPECT_GT(random_minimum_share(1e15, equal(1'000)), 0.9999);
  EXPECT_LE(random_minimum_share(1e15, equal(1'000)), 1);
  EXPECT_LT(random_minimum_share(1'000, equal(1'000)), 0.02);
}

TEST(RandomMinimumShare, GrowsWithOperationsAndFallsWithContenders) {
  double before = 0;
  for (const double mean : {2.0, 5.0, 20.0, 100.0, 500.0, 999.0, 1'100.0, 5'000.0, 1e6}) {
    const double share = random_minimum_share(8 * mean, equal(8));
    EXPECT_GT(share, before) << mean;
    before = share;
  }
  before = 1;
  for (const std::size_t n : {2, 3, 8, 64, 1'000}) {
    const double share = random_minimum_share(200 * static_cast<double>(n), equal(n));
    EXPECT_LT(share, before) << n;
    before = share;
  }
}

}  // namespace
}  // namespace fairground::stats
