#include "stats/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"

namespace fairground::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// 49 threads of 4,100 operations and one of low priority with 567, rounded from counts published for a lock called fair
// (with the spread of the 49, Jain's index is 0.983).
std::vector<double> one_victim() {
  std::vector<double> x(49, 4100);
  x.push_back(567);
  return x;
}

std::vector<double> equal_entitlement(std::size_t n) { return std::vector<double>(n, 1 / static_cast<double>(n)); }

TEST(Jain, WorkedExamples) {
  EXPECT_NEAR(*jain(one_victim()), 0.985, 0.0005);                          // 201467^2 / (50 * 824011489)
  EXPECT_NEAR(*jain(std::vector<double>{0.25, 0.5, 0.25}), 0.889, 0.0005);  // 3 equal workers on 2 units: 8 / 9
  EXPECT_DOUBLE_EQ(*jain(std::vector<double>{5, 5, 5, 5}), 1);
  EXPECT_DOUBLE_EQ(*jain(std::vector<double>{0, 7, 0, 0}), 0.25);
  EXPECT_DOUBLE_EQ(*jain(std::vector<double>{1, 1, 1, 1, 0}), 0.8);  // one of n with nothing: (n - 1) / n
  EXPECT_NEAR(*jain(std::vector<double>{275, 1725}), 0.655, 0.0005);
  EXPECT_DOUBLE_EQ(*jain(std::vector<double>{3}), 1);
}

TEST(Jain, NeedsOperations) {
  EXPECT_EQ(jain({}), std::nullopt);
  EXPECT_EQ(jain(std::vector<double>{0, 0}), std::nullopt);
}

TEST(FairnessFactor, WorkedExamples) {
  EXPECT_DOUBLE_EQ(*fairness_factor(std::vector<double>{1, 4, 2, 3}), 0.7);
  EXPECT_DOUBLE_EQ(*fairness_factor(std::vector<double>{6, 6, 6, 6}), 0.5);
  EXPECT_DOUBLE_EQ(*fairness_factor(std::vector<double>{0, 9}), 1);
  EXPECT_NEAR(*fairness_factor(one_victim()), 0.509, 0.0005);  // 25 * 4100 of 49 * 4100 + 567
}

TEST(FairnessFactor, OddNumberCountsHalfOfTheMiddle) {
  EXPECT_DOUBLE_EQ(*fairness_factor(std::vector<double>{2, 2, 2}), 0.5);
  EXPECT_DOUBLE_EQ(*fairness_factor(std::vector<double>{1, 5, 4}), 0.7);  // (5 + 4 / 2) / 10
}

TEST(FairnessFactor, NeedsTwoContendersAndOperations) {
  EXPECT_EQ(fairness_factor(std::vector<double>{5}), std::nullopt);
  EXPECT_EQ(fairness_factor(std::vector<double>{0, 0}), std::nullopt);
}

TEST(Gini, WorkedExamples) {
  EXPECT_DOUBLE_EQ(*gini(std::vector<double>{1, 2, 3, 4}), 0.25);
  EXPECT_DOUBLE_EQ(*gini(std::vector<double>{4, 4, 4}), 0);
  EXPECT_DOUBLE_EQ(*gini(std::vector<double>{0, 0, 0, 8}), 0.75);  // (n - 1) / n
  EXPECT_NEAR(*gini(one_victim()), 0.0172, 0.0001);
  EXPECT_EQ(gini(std::vector<double>{0, 0}), std::nullopt);
  EXPECT_EQ(gini({}), std::nullopt);
}

TEST(Gini, IsTheDoubleSumOfItsDefinition) {
  Random random(11);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> x(1 + random.below(9));
    for (double& value : x) value = static_cast<double>(random.below(1000)) + 1;
    double differences = 0;
    for (const double a : x) {
      for (const double b : x) differences += std::abs(a - b);
    }
    const double expected =
        differences / (2 * static_cast<double>(x.size()) * std::accumulate(x.begin(), x.end(), 0.0));
    EXPECT_NEAR(*gini(x), expected, 1e-12);
  }
}

TEST(MinimumShare, WorkedExamples) {
  EXPECT_NEAR(*raw_minimum_share(one_victim()), 0.141, 0.0005);
  const auto victim = minimum_share(one_victim(), equal_entitlement(50));
  ASSERT_TRUE(victim.has_value());
  EXPECT_NEAR(victim->ratio, 0.141, 0.0005);
  EXPECT_EQ(victim->contender, 49u);
  EXPECT_EQ(raw_minimum_share({}), std::nullopt);
  EXPECT_EQ(raw_minimum_share(std::vector<double>{0, 0}), std::nullopt);
}

// Placement alone halves two of the three: by the raw share they get 0.75, by what they are entitled to all get 1.
TEST(MinimumShare, IsRelativeToEntitlement) {
  const std::vector<double> x{25'000, 50'000, 25'000}, e{0.25, 0.5, 0.25};
  EXPECT_DOUBLE_EQ(*raw_minimum_share(x), 0.75);
  EXPECT_DOUBLE_EQ(minimum_share(x, e)->ratio, 1);
  const auto slow = minimum_share(std::vector<double>{25'000, 30'000, 25'000}, e);
  EXPECT_DOUBLE_EQ(slow->ratio, 0.75);
  EXPECT_EQ(slow->contender, 1u);
}

TEST(MinimumShare, NeedsAHundredOperationsEach) {
  EXPECT_FALSE(minimum_share(std::vector<double>{100, 99}, equal_entitlement(2)).has_value());
  EXPECT_DOUBLE_EQ(minimum_share(std::vector<double>{100, 100}, equal_entitlement(2))->ratio, 1);
  EXPECT_DOUBLE_EQ(minimum_share(std::vector<double>{200, 0}, equal_entitlement(2))->ratio, 0);
}

TEST(MinimumShare, NamesTheFirstOfEquals) {
  EXPECT_EQ(minimum_share(std::vector<double>{500, 300, 300}, equal_entitlement(3))->contender, 1u);
  EXPECT_EQ(minimum_share(std::vector<double>{0, 300, 300}, std::vector<double>{0, 0.5, 0.5})->contender, 1u);
}

TEST(EffectiveOperations, WorkedExamples) {
  // 1 s operations in a window of 10 s, completed at 0.4, 1.4, ... 9.4 s: ten counted, nine whole ones in 9 s.
  EXPECT_DOUBLE_EQ(*effective_operations(10, 10'000'000'000, 400'000'000, 9'400'000'000), 10);
  // In a window of 2.5 s: completed at 0.4, 1.4 and 2.4 s, counted 3, worth 2.5.
  EXPECT_DOUBLE_EQ(*effective_operations(3, 2'500'000'000, 400'000'000, 2'400'000'000), 2.5);
  EXPECT_EQ(effective_operations(1, 1'000, 5, 5), std::nullopt);
  EXPECT_EQ(effective_operations(2, 1'000, 5, 5), std::nullopt);
  EXPECT_EQ(effective_operations(0, 1'000, 0, 0), std::nullopt);
}

TEST(Starved, BelowAHundredthOfTheEntitlement) {
  EXPECT_THAT(starved(std::vector<double>{10'000, 99, 10'000, 10'000}, equal_entitlement(4)), IsEmpty());
  EXPECT_THAT(starved(std::vector<double>{10'000, 70, 10'000, 10'000}, equal_entitlement(4)), ElementsAre(1));
  // A hundredth of what it is entitled to, not of an equal share.
  EXPECT_THAT(starved(std::vector<double>{9'900, 30}, std::vector<double>{0.997, 0.003}), IsEmpty());
  EXPECT_THAT(starved(std::vector<double>{9'900, 30}, equal_entitlement(2)), ElementsAre(1));
}

TEST(Starved, NothingAtAll) {
  // Entitled to a fifth of 48, which is below 10, but the mean of 5 contenders is below 20: nothing to say.
  EXPECT_THAT(starved(std::vector<double>{12, 12, 12, 12, 0}, equal_entitlement(5)), IsEmpty());
  EXPECT_THAT(starved(std::vector<double>{13, 13, 12, 12, 0}, equal_entitlement(5)), ElementsAre(4));
  // Entitled to 1 of 100 only, while the mean is 50.
  EXPECT_THAT(starved(std::vector<double>{100, 0}, std::vector<double>{0.99, 0.01}), ElementsAre(1));
  EXPECT_THAT(starved(std::vector<double>{39, 0}, std::vector<double>{0.99, 0.01}), IsEmpty());
  EXPECT_THAT(starved(std::vector<double>{0, 0}, equal_entitlement(2)), IsEmpty());
  EXPECT_THAT(starved({}, {}), IsEmpty());
}

class Shares : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    Random random(GetParam());
    x.resize(2 + random.below(30));
    for (double& value : x) value = std::floor(std::pow(10, 2 + 5 * random.uniform()));
    if (random.below(3) == 0) x[random.below(x.size())] = 0;
    e.resize(x.size());
    for (double& value : e) value = 0.1 + random.uniform();
    const double sum = std::accumulate(e.begin(), e.end(), 0.0);
    for (double& value : e) value /= sum;
  }
  std::vector<double> x, e;
};

TEST_P(Shares, StayInTheirRanges) {
  const auto n = static_cast<double>(x.size());
  EXPECT_GE(*jain(x), 1 / n - 1e-12);
  EXPECT_LE(*jain(x), 1 + 1e-12);
  EXPECT_GE(*fairness_factor(x), 0.5 - 1e-12);
  EXPECT_LE(*fairness_factor(x), 1 + 1e-12);
  EXPECT_GE(*gini(x), 0);
  EXPECT_LE(*gini(x), (n - 1) / n + 1e-12);
  EXPECT_GE(*raw_minimum_share(x), 0);
  EXPECT_LE(*raw_minimum_share(x), 1 + 1e-12);
  EXPECT_LE(minimum_share(x, e)->ratio, 1 + 1e-12);
}

TEST_P(Shares, DependOnRatiosOnly) {
  std::vector<double> larger = x;
  for (double& value : larger) value *= 7;
  EXPECT_NEAR(*jain(larger), *jain(x), 1e-12);
  EXPECT_NEAR(*fairness_factor(larger), *fairness_factor(x), 1e-12);
  EXPECT_NEAR(*gini(larger), *gini(x), 1e-12);
  EXPECT_NEAR(*raw_minimum_share(larger), *raw_minimum_share(x), 1e-12);
  EXPECT_NEAR(minimum_share(larger, e)->ratio, minimum_share(x, e)->ratio, 1e-12);
}

TEST_P(Shares, DontDependOnTheOrder) {
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  Random random(GetParam() + 1000);
  shuffle(order, random);
  std::vector<double> y, f;
  for (const std::size_t i : order) {
    y.push_back(x[i]);
    f.push_back(e[i]);
  }
  EXPECT_NEAR(*jain(y), *jain(x), 1e-12);
  EXPECT_NEAR(*fairness_factor(y), *fairness_factor(x), 1e-12);
  EXPECT_NEAR(*gini(y), *gini(x), 1e-12);
  EXPECT_NEAR(*raw_minimum_share(y), *raw_minimum_share(x), 1e-12);
  EXPECT_NEAR(minimum_share(y, f)->ratio, minimum_share(x, e)->ratio, 1e-12);
  EXPECT_EQ(order[minimum_share(y, f)->contender], minimum_share(x, e)->contender);
  std::vector<std::size_t> back;
  for (const std::size_t i : starved(y, f)) back.push_back(order[i]);
  EXPECT_THAT(back, testing::UnorderedElementsAreArray(starved(x, e)));
}

TEST_P(Shares, JainIsOneOverOnePlusTheSquaredVariation) {
  const auto n = static_cast<double>(x.size());
  const double mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double variance = 0;
  for (const double value : x) variance += (value - mean) * (value - mean) / n;
  EXPECT_NEAR(*jain(x), 1 / (1 + variance / (mean * mean)), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Random, Shares, testing::Range<std::uint64_t>(0, 25));

}  // namespace
}  // namespace fairground::stats
