#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "base/random.hpp"
#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

using Places = std::vector<std::vector<unsigned>>;

MATCHER_P(Shares, expected, "") {
  for (std::size_t i = 0; i < arg.size(); ++i) {
    if (arg.size() != expected.size() || std::abs(arg[i] - expected[i]) > 1e-8) return false;
  }
  return true;
}
auto shares(std::vector<double> expected) { return Shares(std::move(expected)); }

std::vector<double> equally(const Places& places) {
  return entitlement(places, std::vector<double>(places.size(), 1.0));
}

TEST(Entitlement, ThreeWorkersOnTwoUnits) {
  const std::vector<double> e = equally({{0}, {1}, {0}});
  EXPECT_THAT(e, shares({0.25, 0.5, 0.25}));
  EXPECT_NEAR(*jain(e), 0.889, 0.0005);
  EXPECT_DOUBLE_EQ(*raw_minimum_share(e), 0.75);
}

TEST(Entitlement, AUnitIsSharedByWeight) {
  EXPECT_THAT(entitlement({{0}, {0}}, std::vector<double>{3, 1}), shares({0.75, 0.25}));
  // Weights matter on the same unit only: alone, even the lightest has a whole one.
  EXPECT_THAT(entitlement({{0}, {0}, {7}}, std::vector<double>{1024, 1024, 15}), shares({0.25, 0.25, 0.5}));
}

TEST(Entitlement, NobodyUsesMoreThanOneUnit) {
  EXPECT_THAT(entitlement({{0, 1}, {0, 1}}, std::vector<double>{1000, 1}), shares({0.5, 0.5}));
  // 2 units: the heavy one has one of them, the others share the rest.
  EXPECT_THAT(entitlement({{0, 1}, {0, 1}, {0, 1}}, std::vector<double>{1000, 1, 1}), shares({0.5, 0.25, 0.25}));
}

TEST(Entitlement, RoamingOnesTakeWhatIsLeft) {
  // On {0} and {0, 1}: one unit each.
  EXPECT_THAT(equally({{0}, {0, 1}}), shares({0.5, 0.5}));
  // Two tied to unit 0 and one free: the free one keeps to unit 1.
  EXPECT_THAT(equally({{0}, {0}, {0, 1}}), shares({0.25, 0.25, 0.5}));
  // One tied and three free on 2 units: half a unit each.
  EXPECT_THAT(equally({{0}, {0, 1}, {0, 1}, {0, 1}}), shares({0.25, 0.25, 0.25, 0.25}));
  // Three tied to 0, one to 1, two free: 5 can't be equal, the tied ones get a third; the others two thirds... of
  // unit 1.
  EXPECT_THAT(equally({{0}, {0}, {0}, {1}, {0, 1}}), shares({1 / 6.0, 1 / 6.0, 1 / 6.0, 0.25, 0.25}));
}

TEST(Entitlement, AnEmptyPlaceMeansAllUnits) {
  EXPECT_THAT(equally({{}, {0}, {1}}), shares({1 / 3.0, 1 / 3.0, 1 / 3.0}));
  EXPECT_THAT(equally({{}, {}, {}}), shares({1 / 3.0, 1 / 3.0, 1 / 3.0}));
  EXPECT_THAT(entitlement({{}, {}}, std::vector<double>{3, 1}), shares({0.75, 0.25}));
  EXPECT_THAT(equally({}), testing::IsEmpty());
}

TEST(Entitlement, RepeatedUnitsCountOnce) {
  EXPECT_THAT(equally({{0, 0, 1}, {1, 0}, {1}}), shares({1 / 3.0, 1 / 3.0, 1 / 3.0}));
}

TEST(Entitlement, ChainsOfOverlaps) {
  Places places;
  for (unsigned i = 0; i < 200; ++i) places.push_back({i, i + 1});
  places.push_back({0});
  const std::vector<double> e = equally(places);
  for (const double share : e) EXPECT_NEAR(share, 1 / 201.0, 1e-8);
}

TEST(Entitlement, ManyWorkersOfFewKinds) {
  Places places(1024, std::vector<unsigned>(256));
  for (auto& place : places) std::iota(place.begin(), place.end(), 0);
  for (const double share : equally(places)) EXPECT_NEAR(share, 1 / 1024.0, 1e-12);
}

// An independent statement of max-min fairness, tried on every subset of a few contenders. Rates r (the shares, scaled
// up until some limit is met) must fit: in each set they add up to no more than the units that it may use, and none
// exceeds 1. And each contender must have a reason for getting no more: a whole unit, or a set without room in which
// nobody has more for its weight.
class MaxMin : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    Random random(GetParam());
    const std::size_t n = 2 + random.below(7), units = 2 + random.below(5);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<unsigned> place;
      for (unsigned u = 0; u < units; ++u) {
        if (random.below(2) == 0) place.push_back(10 * u);
      }
      if (place.empty()) place.push_back(static_cast<unsigned>(10 * random.below(units)));
      places.push_back(place);
      weight.push_back(GetParam() % 2 == 0 ? 1.0 : 1.0 + static_cast<double>(random.below(5)));
    }
    rate = entitlement(places, weight);
    ASSERT_NEAR(std::accumulate(rate.begin(), rate.end(), 0.0), 1, 1e-9);
    double scale = std::numeric_limits<double>::infinity();
    for (std::size_t set = 1; set < std::size_t{1} << n; ++set) scale = std::min(scale, room(set) / used(set));
    for (const double r : rate) scale = std::min(scale, 1 / r);
    for (double& r : rate) r *= scale;
  }
  [[nodiscard]] double used(std::size_t set) const {
    double sum = 0;
    for (std::size_t i = 0; i < rate.size(); ++i) sum += (set >> i & 1) != 0 ? rate[i] : 0;
    return sum;
  }
  [[nodiscard]] double room(std::size_t set) const {
    std::set<unsigned> units;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if ((set >> i & 1) != 0) units.insert(places[i].begin(), places[i].end());
    }
    return static_cast<double>(units.size());
  }
  Places places;
  std::vector<double> weight, rate;
};

TEST_P(MaxMin, GivesEachAReasonForGettingNoMore) {
  for (std::size_t i = 0; i < rate.size(); ++i) {
    bool reason = rate[i] > 1 - 1e-6;
    for (std::size_t set = 1; set < std::size_t{1} << rate.size() && !reason; ++set) {
      if ((set >> i & 1) == 0 || room(set) - used(set) > 1e-6) continue;
      reason = true;
      for (std::size_t j = 0; j < rate.size(); ++j) {
        if ((set >> j & 1) != 0 && rate[j] / weight[j] > rate[i] / weight[i] + 1e-6) reason = false;
      }
    }
    EXPECT_TRUE(reason) << "contender " << i << " of rate " << rate[i];
  }
}

TEST_P(MaxMin, DoesNotDependOnTheOrder) {
  Random random(GetParam() + 1'000);
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), 0);
  shuffle(order, random);
  Places mixed;
  std::vector<double> weights;
  for (const std::size_t i : order) {
    mixed.push_back(places[i]);
    weights.push_back(weight[i] * 3);  // nor on the scale of weights
  }
  const std::vector<double> before = entitlement(places, weight), after = entitlement(mixed, weights);
  for (std::size_t k = 0; k < order.size(); ++k) EXPECT_NEAR(after[k], before[order[k]], 1e-8);
}

INSTANTIATE_TEST_SUITE_P(Random, MaxMin, testing::Range<std::uint64_t>(0, 150));

}  // namespace
}  // namespace fairground::stats
