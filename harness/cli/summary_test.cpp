#include "cli/summary.hpp"

#include <gtest/gtest.h>

#include "cli/records_for_test.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

std::vector<json> six(const TrialFigures& f) { return std::vector<json>(6, trial_record(f)); }

TEST(Summary, TakesMediansAndTheIntervalOverTrials) {
  std::vector<json> lines;
  for (const double rate : {90.0, 95.0, 100.0, 105.0, 110.0, 100.0}) {
    lines.push_back(trial_record({rate, {0.9, 1.1}, {1e6, 2e6}, {}, 3, false}));
  }
  const Row row = summarise(contended("mutex"), lines);
  EXPECT_EQ(row.trials, 6u);
  EXPECT_EQ(row.ok, 6u);
  ASSERT_TRUE(row.throughput_per_s);
  EXPECT_DOUBLE_EQ(row.throughput_per_s->median, 100);
  // With six trials the 95 % interval reaches from the least to the most: half of 20 in 100.
  EXPECT_DOUBLE_EQ(*half_width_percent(*row.throughput_per_s), 10);
  EXPECT_DOUBLE_EQ(row.share->median, 0.9);
  EXPECT_DOUBLE_EQ(*row.gap_ns, 2e6);
  EXPECT_DOUBLE_EQ(*row.episodes, 3);
}

TEST(Summary, HasNoIntervalBelowSixTrials) {
  const Row row = summarise(contended("mutex"), {trial_record({100, {1, 1}, {1, 1}, {}, 0, false})});
  EXPECT_FALSE(half_width_percent(*row.throughput_per_s));
}

TEST(Summary, ShowsTheLargestGapNeverAMiddleOne) {
  std::vector<json> lines = six({100, {1, 1}, {1e6, 1e6}, {}, 0, false});
  lines[3] = trial_record({100, {1, 1}, {1e6, 7e8}, {}, 0, true});
  const Row row = summarise(contended("mutex"), lines);
  EXPECT_DOUBLE_EQ(*row.gap_ns, 7e8);
  EXPECT_TRUE(row.gap_open);
}

TEST(Summary, AGapThatWasNotOverIsAsLongAsItIsShownToHaveBeen) {
  std::vector<json> lines = six({100, {1, 1}, {1e6, 1e6}, {}, 0, false});
  lines[3] = trial_record({100, {1, 1}, {1e6, 6e6}, {}, 0, true});
  lines[3]["metrics"]["longest_gap_resolution_ns"] = 3e6;
  lines[4] = trial_record({100, {1, 1}, {1e6, 5e6}, {}, 0, false});
  lines[4]["metrics"]["longest_gap_resolution_ns"] = 1e6;
  const Row row = summarise(contended("mutex"), lines);
  EXPECT_DOUBLE_EQ(*row.gap_ns, 4e6);
  EXPECT_TRUE(row.gap_open);
}

TEST(Summary, NamesTheContenderThatIsLeastInMostTrials) {
  std::vector<json> lines = six({100, {1, 0.2, 1.8}, {1e6, 9e8, 2e6}, {}, 0, false});
  EXPECT_EQ(summarise(contended("spin"), lines).least.brief(), "w1");
  for (int i = 0; i < 3; ++i) lines[i] = trial_record({100, {0.2, 1, 1.8}, {3e6, 1e6, 2e6}, {}, 0, false});
  const Row row = summarise(contended("spin"), lines);  // three each: nobody
  EXPECT_FALSE(row.least.index);
  EXPECT_EQ(row.least.brief(), "varies");
  EXPECT_DOUBLE_EQ(row.least_gap_ns, 9e8);
}

TEST(Summary, NamesNobodyWhereSeveralGotAsLittle) {
  std::vector<json> lines = six({100, {0, 0, 3}, {1, 1, 1}, {}, 0, false});
  for (json& line : lines) {
    for (std::size_t i = 0; i < 3; ++i) line["per_worker"][i]["share_ratio"] = i < 2 ? 0.0 : 3.0;
    line["metrics"]["minimum_share_contender"] = 0;
  }
  EXPECT_FALSE(summarise(contended("spin"), lines).least.index);
}

TEST(Summary, MergesWaitsAsHistograms) {
  std::vector<json> lines = six({100, {1, 1}, {1, 1}, {}, 0, false});
  lines.resize(2);
  lines[0]["metrics"]["wait_ns"] = {{"disturbed", true}, {"buckets", {{10, 98}}}};
  lines[1]["metrics"]["wait_ns"] = {{"disturbed", false}, {"buckets", {{10, 99}, {200, 3}}}};
  Row row = summarise(contended("spin"), lines);
  add_waits(row, lines);
  EXPECT_EQ(row.wait_p50_ns, 10u);
  EXPECT_EQ(row.wait_p99_ns, 200u);
  EXPECT_FALSE(row.waits_disturbed);  // one of two
  Row none = summarise(contended("spin"), {});
  add_waits(none, {});
  EXPECT_FALSE(none.wait_p50_ns);
}

TEST(Summary, LeavesOutTrialsThatFailedAndKeepsTheReason) {
  std::vector<json> lines = six({100, {1, 1}, {1, 1}, {}, 0, false});
  lines[2]["status"] = "crashed";
  lines[2]["reason"] = "signal 11 in worker 1";
  const Row row = summarise(contended("spin"), lines);
  EXPECT_EQ(row.trials, 6u);
  EXPECT_EQ(row.ok, 5u);
  EXPECT_EQ(row.trouble, "crashed: signal 11 in worker 1");
  EXPECT_FALSE(row.throughput_per_s->low);  // five are too few for an interval
}

TEST(Summary, HasNoShareIfOneTrialHasNone) {
  std::vector<json> lines = six({100, {1, 1}, {1, 1}, {}, 0, false});
  lines[0]["metrics"]["minimum_share_ratio"] = nullptr;
  EXPECT_FALSE(summarise(contended("spin"), lines).share);
}

TEST(Summary, CountsContendersOfTheWorkloadsOwn) {
  json line = trial_record({100, {1, 1}, {1, 1}, {}, 0, false});
  line["per_contender"] = {{{"contender", 0}, {"class", "connection"}, {"longest_gap_ns", 5}},
                           {{"contender", 1}, {"class", "connection"}, {"longest_gap_ns", 6}},
                           {{"contender", 2}, {"class", "connection"}, {"longest_gap_ns", 7}}};
  line["metrics"]["minimum_share_contender"] = 2;
  const Row row = summarise(contended("tcp-echo"), {line});
  EXPECT_EQ(row.contenders, 3u);
  EXPECT_EQ(row.least.kind, "connection");
  EXPECT_EQ(row.least.brief(), "c2");
}

TEST(Summary, SaysWhyNothingRan) {
  const json line = {{"record", "trial"}, {"status", "unsupported"}, {"reason", "needs two cores"}};
  const Row row = summarise(contended("spin"), {line});
  EXPECT_EQ(row.ok, 0u);
  EXPECT_EQ(row.trouble, "unsupported: needs two cores");
}

}  // namespace
}  // namespace fairground::cli
