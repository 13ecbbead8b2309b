#include "cli/stress_failures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "cli/stress_samples_for_test.hpp"

namespace fairground::cli {
namespace {

Ready ready(std::uint64_t k, const plan::WorkloadInfo& w) { return {k, draw_of(w), &w, ""}; }

json numbered(json line, unsigned trial) {
  line["trial"] = line["draw"] = trial;
  line["role"] = "measured";
  return line;
}

TEST(StressFailures, OneOfAKindIsLookedIntoUntilOneIsSeenAgain) {
  const plan::WorkloadInfo w = sums();
  StressFailures failures;
  EXPECT_EQ(failures.note(ready(0, w), numbered(trial("ok"), 0)), "");
  EXPECT_TRUE(failures.empty());
  unsigned looked_into = 0;
  for (unsigned k = 1; k < 10; ++k) {
    EXPECT_EQ(failures.note(ready(k, w), numbered(wrong("3 words differ"), k)), "failed: 3 words differ");
    failures.note(ready(k, w), numbered(wrong("4 words differ"), k));
    if (failures.empty()) continue;
    ++looked_into;
    const Failure failure = failures.take();
    EXPECT_EQ(failure.trial, k);
    EXPECT_TRUE(failures.empty());
    failures.conclude(failure, {failure.what.draw, 0, 3}, {});
  }
  EXPECT_EQ(looked_into, 3u);
  failures.note(ready(20, w), numbered(wrong("a word is missing"), 20));
  const Failure failure = failures.take();
  failures.conclude(failure, {failure.what.draw, 1, 3}, {});
  failures.note(ready(21, w), numbered(wrong("a word is missing"), 21));
  EXPECT_TRUE(failures.empty()) << "it was seen again";
  EXPECT_EQ(failures.reproductions().size(), 4u);
}

TEST(StressFailures, StarvationBesideOthersAloneIsNothing) {
  const plan::WorkloadInfo w = sums();
  StressFailures failures;
  EXPECT_EQ(failures.note(ready(0, w), numbered(trial("ok", {finding("starvation", false)}), 0)), "");
  const Failure failure = failures.take();
  EXPECT_TRUE(failure.sought.starved);
  EXPECT_FALSE(failures.conclude(failure, {failure.what.draw, 2, 3}, {}));
  EXPECT_TRUE(failures.conclude(failure, {failure.what.draw, 3, 3}, {}));
}

TEST(StressFailures, WhatAnEarlierPartOfTheRunLeftIsGoneOnWith) {
  StressPlan plan;
  plan.workloads = {sums()};
  plan.seed = 7;
  plan.earlier.emplace();
  const auto drawn = [&](json line, unsigned k) {
    const Draw d = plan::draw(plan.workloads, plan.bounds, plan.seed, k);
    line["seed"] = hash_of(d.seed, 0, 0, 0);
    line["parameters"] = d.point.parameters;
    line["parameters"]["n"] = 7;  // as it was kept in reach
    return numbered(std::move(line), k);
  };
  const auto shown = [](unsigned trial, unsigned times) {
    return json{{"record", "reproduction"}, {"trial", trial}, {"draw", trial}, {"shown", times}, {"tried", 3}};
  };
  const std::vector<json> trials{drawn(trial("ok", {finding("starvation", false)}), 0), drawn(crash("measure", 11), 1),
                                 drawn(crash("measure", 11), 2), drawn(wrong("3 words differ"), 3),
                                 drawn(trial("ok"), 4)};
  for (json line : trials) {
    line["record"] = "trial";
    plan.earlier->lines.push_back(line);
  }
  plan.earlier->lines.push_back(shown(0, 3));
  plan.earlier->lines.push_back(shown(1, 2));
  StressFailures failures;
  EXPECT_EQ(failures.recall(plan), std::vector<std::string>{"sums"}) << "starved, and shown to be so";
  EXPECT_EQ(failures.reproductions().size(), 2u);
  ASSERT_FALSE(failures.empty());
  const Failure failure = failures.take();
  EXPECT_EQ(failure.trial, 3u);
  EXPECT_EQ(failure.what.draw.seed, plan::draw(plan.workloads, plan.bounds, plan.seed, 3).seed);
  EXPECT_EQ(failure.what.draw.point.parameters.at("n"), 7);
  EXPECT_TRUE(failures.empty());
}

}  // namespace
}  // namespace fairground::cli
