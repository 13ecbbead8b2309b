#include "record/over_time.hpp"

#include <gtest/gtest.h>

#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;

Contender contender(unsigned index, std::vector<std::uint64_t> counts, std::vector<std::int64_t> at_ns) {
  Contender c;
  c.index = index;
  c.counts = std::move(counts);
  c.at_ns = std::move(at_ns);
  return c;
}

// Worker 1's longest gap is 500 ... 750 ms: the third quarter, in which worker 0 did a quarter of its 400.
TEST(OvertakenBy, IsWhatOthersDidInTheLongestGap) {
  trial::Result r = samples::result({400, 300});
  r.workers[1].longest_gap_begin_ns = 500'000'000;
  r.workers[1].longest_gap_end_ns = 750'000'000;
  const json line = trial_line(samples::spec(2, true), r, {});
  EXPECT_EQ(line.at("per_worker").at(1).at("overtaken_by"), json::array({100, 0}));
}

// In turns of 10 ms: one of the two has it all, and over two turns each has half.
TEST(JainOverTime, IsOfWindowsOfSoManySamples) {
  const json out = jain_over_time({{10, 20, 30, 40, 43}, {{8, 0, 8, 0, 0}, {0, 8, 0, 8, 1}}});
  EXPECT_EQ(out, json::array({{{"window_ns", 10}, {"jain_ratio", 0.5}, {"standard_error", 0.0}, {"windows", 4}},
                              {{"window_ns", 20}, {"jain_ratio", 1.0}, {"standard_error", 0.0}, {"windows", 2}}}));
}

TEST(JainOverTime, LeavesOutWhatSaysNothing) {
  EXPECT_EQ(jain_over_time({}), json::array());
  EXPECT_EQ(jain_over_time({{}, {{}, {}}}), json::array());
  // Nobody did anything but in the first window.
  const json out = jain_over_time({{10, 20, 30}, {{3, 0, 0}, {3, 0, 0}}});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out.at(0).at("windows"), 1);
  EXPECT_EQ(out.at(0).at("standard_error"), 0.0);
}

TEST(LongestEpisodes, AreInOrderOfTimeWithWhoWentOnMeanwhile) {
  const std::vector<std::int64_t> at{0, 100, 200};
  const std::vector<Contender> all{contender(0, {0, 0, 0}, at), contender(1, {0, 100, 300}, at)};
  Fairness f;
  f.episodes.resize(2);
  for (std::int64_t k = 0; k < 20; ++k) f.episodes[0].by_resource_in.push_back({10 * k, 10 * k + 5 + k % 2});
  const json out = episodes_json(all, f, 0);
  ASSERT_EQ(out.size(), 16u);
  EXPECT_EQ(out.at(0).at("begin_ns"), 0);
  std::size_t longer = 0;
  for (std::size_t k = 0; k < out.size(); ++k) {
    EXPECT_TRUE(k == 0 || out.at(k - 1).at("begin_ns") < out.at(k).at("begin_ns"));
    longer += out.at(k).at("end_ns").get<int>() - out.at(k).at("begin_ns").get<int>() == 6 ? 1 : 0;
  }
  EXPECT_EQ(longer, 10u);                                          // all of those
  EXPECT_EQ(out.at(15).at("overtaken_by"), json::array({0, 12}));  // 190 ... 196, where worker 1 did 2 a ns
  EXPECT_EQ(episodes_json(all, f, 1), json::array());
  EXPECT_EQ(episodes_json(all, {}, 0), json::array());
}

}  // namespace
}  // namespace fairground::record
