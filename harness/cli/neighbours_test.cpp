#include "cli/neighbours.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairground::cli {
namespace {

using nlohmann::json;

json party(const std::string& workload, json ratio) {
  return {{"workload", workload},
          {"throughput_ratio", std::move(ratio)},
          {"minimum_share_alone_ratio", 0.9},
          {"minimum_share_beside_ratio", 0.5},
          {"longest_gap_alone_ns", 2'000'000},
          {"longest_gap_beside_ns", 30'000'000},
          {"starved_alone", 0},
          {"starved_beside", 1}};
}

json block(json first, json second) {
  return {{"of", 1}, {"parties", {party("mutex", std::move(first)), party("memory", std::move(second))}}};
}

std::string text(const std::vector<Loss>& all) {
  std::string out;
  for (const Line& line : loss_lines(all, Style{})) out += line.render() + "\n";
  return out;
}

TEST(Losses, AreMediansOverBlocksWithTheirInterval) {
  const auto all = losses("mutex beside memory", {block(0.1, 0.6), block(0.2, 0.6), block(0.3, 0.6), block(0.4, 0.6),
                                                  block(0.5, 0.6), block(0.6, 0.6)});
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].who, "mutex");
  EXPECT_DOUBLE_EQ(all[0].ratio->median, 0.35);
  EXPECT_DOUBLE_EQ(*all[0].ratio->low, 0.1);
  EXPECT_DOUBLE_EQ(*all[0].ratio->high, 0.6);
  EXPECT_EQ(all[1].who, "memory");
  EXPECT_EQ(all[0].starved_blocks, 6u);
  EXPECT_THAT(text(all), testing::HasSubstr("x0.35 (0.10 to 0.60)"));
  EXPECT_THAT(text(all), testing::HasSubstr("min-share 0.90 -> 0.50"));
  EXPECT_THAT(text(all), testing::HasSubstr("gap 2 ms -> 30 ms"));
  EXPECT_THAT(text(all), testing::HasSubstr("starved in 6 of 6 blocks"));
}

TEST(Losses, LeaveOutBlocksThatDidNotEndWell) {
  const auto all = losses("mutex beside memory", {block(nullptr, nullptr), block(0.5, nullptr)});
  EXPECT_EQ(all[0].blocks, 1u);
  EXPECT_DOUBLE_EQ(all[0].ratio->median, 0.5);
  EXPECT_FALSE(all[0].ratio->low) << "one block has no interval";
  EXPECT_FALSE(all[1].ratio);
  EXPECT_THAT(text(all), testing::HasSubstr("not known"));
}

TEST(Losses, OfARunWithoutCompanionsAreNoLines) { EXPECT_TRUE(loss_lines({}, Style{}).empty()); }

}  // namespace
}  // namespace fairground::cli
