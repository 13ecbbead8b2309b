#include "cli/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/records_for_test.hpp"

namespace fairground::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

RunFacts run_facts() {
  RunFacts run;
  run.id = "7f3a";
  run.record = "results/runs/7f3a";
  run.what = "2 points, 6 blocks of 1 s";
  run.placement = "4 workers on 2 units, compact";
  run.seed = 24301;
  run.blocks = 6;
  run.trials = 12;
  return run;
}

RunEnd run_end(unsigned trials = 6) {
  RunEnd end;
  const TrialFigures spin{4e5, {1.3, 1.2, 1.34, 0.16}, {1e6, 2e6, 3e6, 9.8e8}, {}, 212, false};
  const TrialFigures ticket{160, {0.98, 1, 1, 1.02}, {8e7, 8e7, 8e7, 8e7}, {}, 0, false};
  end.rows.push_back(summarise(contended("spin"), std::vector<nlohmann::json>(trials, trial_record(spin))));
  end.rows.push_back(
      summarise(contended("ck-ticket", "queue"), std::vector<nlohmann::json>(trials, trial_record(ticket))));
  end.trials = 2 * trials;
  end.elapsed_ns = 14'000'000'000;
  return end;
}

std::string all(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) out += line.render() + "\n";
  return out;
}

Style terminal() {
  Style style;
  style.terminal = true;
  style.utf8 = true;
  return style;
}

TEST(Tables, BeginWithWhatIsRunAndWhereItsRecordIs) {
  const Style pipe;
  EXPECT_EQ(begin_line(run_facts(), pipe).render(),
            "run 7f3a: 2 points, 6 blocks of 1 s, 4 workers on 2 units, compact, seed 24301");
  EXPECT_THAT(begin_line(run_facts(), terminal()).render(), HasSubstr("seed 24301 · record results/runs/7f3a"));
}

TEST(Tables, HaveALinePerTrialInAPipe) {
  const Style pipe;
  TrialFacts trial;
  trial.block = 0;
  trial.trial = 2;
  trial.label = "spin";
  nlohmann::json line = trial_record({3.91e5, {1.3, 0.004}, {1e6, 9.04e8}, {false, true}, 5, false});
  EXPECT_EQ(
      trial_line(run_facts(), trial, line, "19:31:26", pipe).render(),
      "19:31:26 block 1/6 trial  3/12 spin                           391 k/s min-share 0.00 gap  904 ms starved: w1");
  line["status"] = "crashed";
  line["reason"] = "signal 11 in worker 1";
  EXPECT_THAT(trial_line(run_facts(), trial, line, "19:31:26", pipe).render(),
              HasSubstr("crashed: signal 11 in worker 1"));
}

TEST(Tables, CallAnUnexpectedFindingByItsName) {
  const Style pipe;
  nlohmann::json line = trial_record({3.91e5, {1, 1}, {1e6, 1e6}, {}, 0, false});
  line["findings"] = {{{"kind", "wrong-result"}, {"expected", false}}};
  EXPECT_THAT(trial_line(run_facts(), TrialFacts{}, line, "19:31:26", pipe).render(),
              HasSubstr("unexpected finding: wrong-result"));
}

TEST(Tables, EndInAPipeInAsciiAlone) {
  const Style pipe;
  const std::string text = all(end_lines(run_facts(), run_end(), pipe));
  EXPECT_THAT(text,
              HasSubstr("spin         400 k/s +-0.0 % min-share 0.16  worst w3      gap     980 ms  episodes   212"));
  EXPECT_THAT(text, HasSubstr("12 trials, 0 failed, every invariant held. 14 s."));
  EXPECT_THAT(text, HasSubstr("Record: results/runs/7f3a"));
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
}

TEST(Tables, EndOnATerminalWithTheTableAndWhatToTypeNext) {
  const std::string text = all(end_lines(run_facts(), run_end(), terminal()));
  EXPECT_THAT(text, HasSubstr("throughput"));
  EXPECT_THAT(text, HasSubstr("minimum share"));
  EXPECT_THAT(text, HasSubstr("fairground report results/runs/7f3a"));
  EXPECT_THAT(text, HasSubstr("━━"));
}

TEST(Tables, HaveNoIntervalBelowSixTrials) {
  EXPECT_THAT(all(end_lines(run_facts(), run_end(5), terminal())), HasSubstr("±—"));
  EXPECT_THAT(all(end_lines(run_facts(), run_end(6), terminal())), Not(HasSubstr("±—")));
}

TEST(Tables, TellOfFailuresInterruptsAndWarnings) {
  RunEnd end = run_end();
  end.failed = 2;
  end.unsupported = 1;
  end.interrupted = true;
  end.warnings = {"oversubscribed", "steal-time"};
  end.rows[0].trials = 8;
  end.rows[0].trouble = "crashed: signal 11";
  const std::string text = all(end_lines(run_facts(), end, terminal()));
  EXPECT_THAT(text, HasSubstr("12 trials, 2 failed, 1 unsupported. 14 s. Interrupted"));
  EXPECT_THAT(text, HasSubstr("oversubscribed\u00a0· steal-time"));
  EXPECT_THAT(text, HasSubstr("2 of 8 trials not ok, the first: crashed: signal 11"));
  EXPECT_THAT(text, Not(HasSubstr("every invariant held")));
}

TEST(Tables, DoNotSayThatEveryInvariantHeldWhereOneBrokeAsExpected) {
  RunEnd end = run_end();
  end.broken = 1;
  EXPECT_THAT(all(end_lines(run_facts(), end, terminal())),
              HasSubstr("12 trials, 0 failed, 1 trial broke an invariant, as they are there to do. 14 s."));
}

TEST(Tables, ShowInTheTableWhatCouldNotRun) {
  RunEnd end = run_end();
  const nlohmann::json line = {{"record", "trial"}, {"status", "unsupported"}, {"reason", "needs AVX2"}};
  end.rows.push_back(summarise(contended("gemm"), {line}));
  EXPECT_THAT(all(end_lines(run_facts(), end, terminal())), HasSubstr("unsupported: needs AVX2"));
}

}  // namespace
}  // namespace fairground::cli
