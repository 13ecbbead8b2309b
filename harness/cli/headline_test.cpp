#include "cli/headline.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/records_for_test.hpp"

namespace fairground::cli {
namespace {

using testing::ElementsAre;

Row row(PointFacts facts, const TrialFigures& f, unsigned trials = 6) {
  return summarise(facts, std::vector<nlohmann::json>(trials, trial_record(f)));
}

TrialFigures fair(double rate) { return {rate, {0.98, 1.0, 1.0, 1.02}, {8e7, 8e7, 8e7, 8e7}, {}, 0, false}; }

TEST(Headline, NamesTheStarvedWorker) {
  const Row spin = row(contended("spin"),
                       {4e5, {1.3, 1.3, 1.396, 0.004}, {1e6, 2e6, 3e6, 9.8e8}, {false, false, false, true}, 200, true});
  EXPECT_THAT(
      headline({spin}),
      ElementsAre("Worker 3 was starved: behind spin it got 0.4 % of a fair share (median of 6 trials) and once "
                  "went at least 980 ms without an acquisition."));
}

TEST(Headline, SaysInHowManyTrialsAndThatItVaries) {
  std::vector<nlohmann::json> lines(6, trial_record(fair(1e5)));
  lines[1] = trial_record({4e5, {0.002, 1.3, 1.3, 1.4}, {7e8, 1, 1, 1}, {true, false, false, false}, 5, false});
  lines[2] = trial_record({4e5, {1.3, 0.003, 1.3, 1.4}, {1, 6e8, 1, 1}, {false, true, false, false}, 5, false});
  for (int i = 3; i < 6; ++i) lines[i] = trial_record({1e5, {1, 1, 0.5, 1.5}, {1, 1, 2e6, 1}, {}, 0, false});
  const Row spin = summarise(contended("spin"), lines);
  EXPECT_THAT(headline({spin}),
              ElementsAre("A worker was starved in 2 of 6 trials behind spin: the unluckiest got 50 % of a fair share "
                          "(median of 6 trials) and one once went 700 ms without an acquisition."));
}

TEST(Headline, CallsStarvedWhoWentShortInEpisodes) {
  const Row spin = row(contended("spin"), {4e5, {1.3, 1.2, 1.34, 0.16}, {1e6, 2e6, 3e6, 9.8e8}, {}, 200, false});
  EXPECT_THAT(headline({spin}),
              ElementsAre("Worker 3 was starved: behind spin it got 16 % of a fair share (median of 6 "
                          "trials) and once went 980 ms without an acquisition."));
}

TEST(Headline, TellsWhoCameOffWorstWithoutCallingItStarved) {
  const Row spin = row(contended("spin"), {4e5, {1.3, 1.2, 1.34, 0.16}, {1e6, 2e6, 3e6, 9.8e8}, {}, 0, false});
  EXPECT_THAT(headline({spin}), ElementsAre("Worker 3 came off worst: behind spin it got 16 % of a fair share (median "
                                            "of 6 trials) and once went 980 ms without an acquisition."));
}

TEST(Headline, CallsUnfairWhatIsBelowFourFifthsByItsInterval) {
  std::vector<nlohmann::json> lines(6, trial_record({4e5, {1.3, 1.2, 1.34, 0.16}, {1, 1, 1, 1}, {}, 0, false}));
  lines[0] = trial_record({4e5, {1, 1, 1.3, 0.7}, {1, 1, 1, 1}, {}, 0, false});
  EXPECT_THAT(headline({summarise(contended("spin"), lines)}), ElementsAre(testing::HasSubstr("came off worst")));
}

TEST(Headline, DoesNotCallUnfairWhatOneTrialContradicts) {
  std::vector<nlohmann::json> lines(6, trial_record({4e5, {1.3, 1.2, 1.34, 0.16}, {1, 1, 1, 1}, {}, 0, false}));
  lines[0] = trial_record({4e5, {1, 1, 1.1, 0.9}, {1, 1, 1, 1}, {}, 0, false});
  EXPECT_THAT(headline({summarise(contended("spin"), lines)}),
              ElementsAre("Nobody was starved: every worker got at least 0.16 of a fair share in every trial."));
}

TEST(Headline, DoesNotCallUnfairWhatChanceWouldGive) {
  std::vector<nlohmann::json> lines(6, trial_record({4e5, {1.3, 1.2, 1.1, 0.4}, {1, 1, 1, 1}, {}, 0, false}));
  for (auto& line : lines) line["metrics"]["random_minimum_share_ratio"] = 0.35;
  EXPECT_THAT(headline({summarise(contended("spin"), lines)}),
              ElementsAre("Nobody was starved: every worker got at least 0.40 of a fair share in every trial."));
}

TEST(Headline, SaysThatNobodyWasStarvedAndTheLeastFair) {
  const Row mutex =
      row(contended("mutex", "blocking"), {2e6, {0.86, 1.0, 1.04, 1.1}, {2e7, 1e6, 1e6, 1e6}, {}, 50, false});
  EXPECT_THAT(headline({mutex, row(contended("ck-ticket", "queue"), fair(1.9e6))}),
              ElementsAre("Nobody was starved; least fair was mutex, where the unluckiest worker got 0.86 of a fair "
                          "share (median of 6 trials)."));
}

TEST(Headline, TellsThePriceOfFairness) {
  const Row mutex =
      row(contended("mutex", "blocking"), {2.1e6, {0.76, 1.0, 1.1, 1.14}, {2e7, 1e6, 1e6, 1e6}, {}, 50, false});
  const std::vector<std::string> said =
      headline({mutex, row(contended("ck-ticket", "queue"), fair(160)), row(contended("mcs", "queue"), fair(172))});
  ASSERT_EQ(said.size(), 2u);
  // 2,100,000 / 172 = 12,209
  EXPECT_EQ(said[1], "The fairest, ck-ticket and mcs, did 160 /s to 172 /s; mutex did at least 12 000 times as much.");
}

TEST(Headline, NamesNoPriceWithoutIntervals) {
  const Row mutex =
      row(contended("mutex", "blocking"), {2.1e6, {0.76, 1.0, 1.1, 1.14}, {2e7, 1e6, 1e6, 1e6}, {}, 50, false}, 3);
  EXPECT_EQ(headline({mutex, row(contended("ck-ticket", "queue"), fair(160), 3)}).size(), 1u);
}

TEST(Headline, NamesNoPriceBetweenDifferentNumbersOfWorkers) {
  PointFacts two = contended("ck-ticket", "queue");
  two.workers = 2;
  const Row mutex =
      row(contended("mutex", "blocking"), {2.1e6, {0.76, 1.0, 1.1, 1.14}, {2e7, 1e6, 1e6, 1e6}, {}, 50, false});
  EXPECT_EQ(headline({mutex, row(two, fair(160))}).size(), 1u);
}

TEST(Headline, NamesThePriceWhereTheWorstIs) {
  const auto with = [](const char* id, unsigned workers, const TrialFigures& f) {
    PointFacts facts = contended(id);
    facts.workers = workers;
    facts.variant = fmt::format("×{}", workers);
    facts.label = fmt::format("{} {}", id, facts.variant);
    return row(facts, f);
  };
  const TrialFigures low{2.1e6, {0.3, 1.0, 1.3, 1.4}, {2e7, 1e6, 1e6, 1e6}, {}, 0, false};
  TrialFigures higher = low;
  higher.share = {0.6, 1.0, 1.2, 1.2};
  const std::vector<std::string> said = headline(
      {with("mutex", 2, higher), with("mcs", 2, fair(14e3)), with("mutex", 8, low), with("mcs", 8, fair(172))});
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[1], "The fairest, mcs ×8, did 172 /s; mutex ×8 did at least 12 000 times as much.");
}

TEST(Headline, NeedsTwoForFairness) {
  PointFacts facts = contended("null");
  facts.operation = "turn";
  facts.workers = 1;
  EXPECT_THAT(headline({row(facts, {1.2e9, {1}, {1e3}, {}, 0, false})}),
              ElementsAre("null did 1.20 G turns a second; fairness takes two contenders."));
}

TEST(Headline, SaysWhyNothingWasMeasured) {
  const nlohmann::json line = {{"record", "trial"}, {"status", "crashed"}, {"reason", "signal 11 in setup"}};
  EXPECT_THAT(headline({summarise(contended("mine"), {line})}),
              ElementsAre("Nothing was measured: crashed: signal 11 in setup (mine)."));
}

TEST(Headline, SaysThatThereWasTooLittle) {
  nlohmann::json line = trial_record({10, {1, 1}, {1, 1}, {}, 0, false});
  line["metrics"]["minimum_share_ratio"] = nullptr;
  EXPECT_THAT(headline({summarise(contended("slow"), {line})}),
              ElementsAre("Too few operations were done to tell who got how much: run longer (--time)."));
}

}  // namespace
}  // namespace fairground::cli
