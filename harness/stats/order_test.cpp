#include "stats/order.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"

namespace fairground::stats {
namespace {

Stretch round_robin(std::size_t length, std::uint32_t n) {
  Stretch s;
  for (std::size_t k = 0; k < length; ++k) s.push_back(static_cast<std::uint32_t>(k % n));
  return s;
}

Stretch at_random(std::size_t length, std::uint32_t n, std::uint64_t seed) {
  Random random(seed);
  Stretch s;
  for (std::size_t k = 0; k < length; ++k) s.push_back(static_cast<std::uint32_t>(random.below(n)));
  return s;
}

const WindowJain& of(const std::vector<WindowJain>& all, std::uint64_t window) {
  for (const WindowJain& w : all)
    if (w.window == window) return w;
  throw std::out_of_range("no such window");
}

// Worked by hand: aab b, two contenders. Windows of 2: {a,a} 4/(2*4) = 0.5, {b,b} 0.5.
TEST(ShortTermJain, WorkedExample) {
  const std::vector<Stretch> one{{0, 0, 1, 1}};
  const auto all = short_term_jain(one, 2);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_DOUBLE_EQ(all[0].jain, 0.5);
  EXPECT_EQ(all[0].windows, 2u);
  EXPECT_DOUBLE_EQ(all[0].distinct, 1.0);
  EXPECT_DOUBLE_EQ(all[0].standard_error, 0.0);
}

TEST(ShortTermJain, TakingTurnsIsFairInAWindowOfAll) {
  const std::vector<Stretch> one{round_robin(4'096, 8)};
  const auto all = short_term_jain(one, 8);
  EXPECT_DOUBLE_EQ(of(all, 8).jain, 1.0);
  EXPECT_DOUBLE_EQ(of(all, 8).distinct, 8.0);
  EXPECT_DOUBLE_EQ(of(all, 4).jain, 0.5);  // 16 / (8 * 4)
  EXPECT_DOUBLE_EQ(of(all, 2'048).jain, 1.0);
}

TEST(ShortTermJain, RandomGrantsComeToTheirFormula) {
  std::vector<Stretch> many;
  for (std::uint64_t k = 0; k < 64; ++k) many.push_back(at_random(4'096, 8, k));
  for (const WindowJain& w : short_term_jain(many, 8)) {
    if (w.window < 16) continue;  // the formula is an approximation for windows longer than n
    EXPECT_NEAR(w.jain, random_jain(w.window, 8), 0.03) << w.window;
    EXPECT_LT(w.standard_error, 0.01);
  }
}

TEST(LongTermJain, AddsWindowsUp) {
  // One contender takes all of every other window: 0.5 in each, 1 in two.
  const std::vector<std::vector<std::uint32_t>> counts{{4'096, 0}, {0, 4'096}, {4'096, 0}, {0, 4'096}};
  const auto all = long_term_jain(counts, 4'096, 2);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_DOUBLE_EQ(all[0].jain, 0.5);
  EXPECT_EQ(all[1].window, 8'192u);
  EXPECT_DOUBLE_EQ(all[1].jain, 1.0);
}

TEST(Handovers, CountWhoFollowsWhom) {
  const std::vector<Stretch> two{{0, 1, 1, 0}, {1, 0}};
  const auto m = handovers(two, 2);
  EXPECT_EQ(m[0][1], 1u);
  EXPECT_EQ(m[1][1], 1u);
  EXPECT_EQ(m[1][0], 2u);  // one in each; nothing across stretches
  EXPECT_EQ(m[0][0], 0u);
}

TEST(ReacquireDistances, AreClassedByTwos) {
  const std::vector<Stretch> one{{0, 0, 1, 2, 0, 1}};  // 0: 1, 3; 1: 3
  const auto classes = reacquire_distances(one, 3);
  ASSERT_EQ(classes.size(), 3u);
  EXPECT_EQ(classes[0], 1u);  // distance 1
  EXPECT_EQ(classes[1], 0u);  // 2
  EXPECT_EQ(classes[2], 2u);  // 3-4
}

}  // namespace
}  // namespace fairground::stats
