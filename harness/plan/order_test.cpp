#include "plan/order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace fairground::plan {
namespace {

TEST(Order, HasEveryPointOnceInEveryBlock) {
  std::vector<std::size_t> all(37);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (std::vector<std::size_t> block : order(37, 20, 5)) {
    std::sort(block.begin(), block.end());
    EXPECT_EQ(block, all);
  }
}

TEST(Order, FollowsFromTheSeedAndGrowsByTheEnd) {
  const auto six = order(12, 6, 99);
  const auto nine = order(12, 9, 99);
  EXPECT_TRUE(std::equal(six.begin(), six.end(), nine.begin()));
  EXPECT_NE(order(12, 6, 100), six);
  EXPECT_EQ(std::set(nine.begin(), nine.end()).size(), 9u);
}

TEST(Order, PutsEveryPointAtEveryPlaceEquallyOften) {
  constexpr unsigned blocks = 6000;
  std::vector<std::vector<unsigned>> seen(4, std::vector<unsigned>(4));
  for (const auto& block : order(4, blocks, 3)) {
    for (std::size_t place = 0; place < 4; ++place) ++seen[block[place]][place];
  }
  // 1500 are expected, with a standard deviation of 34.
  for (const auto& point : seen) {
    for (const unsigned times : point) EXPECT_NEAR(times, 1500, 170);
  }
}

TEST(Order, MayBeEmpty) {
  EXPECT_TRUE(order(3, 0, 1).empty());
  EXPECT_EQ(order(0, 2, 1), (std::vector<std::vector<std::size_t>>(2)));
}

}  // namespace
}  // namespace fairground::plan
