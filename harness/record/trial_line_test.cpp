// Worked examples: trials by hand, their metrics on paper.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "record/lines.hpp"
#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using samples::ms;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> codes(const json& line) { return line.at("warnings").get<std::vector<std::string>>(); }

TEST(TrialLine, MetricsOfFourUnevenWorkers) {
  const json line = trial_line(samples::spec(4, true), samples::uneven(), samples::oversubscribed());
  const json& m = line.at("metrics");
  EXPECT_DOUBLE_EQ(m.at("throughput_per_s"), 1e6);
  EXPECT_DOUBLE_EQ(m.at("jain_ratio"), 1e12 / (4 * 3e11));  // (4+3+2+1)^2 / (4 (16+9+4+1))
  EXPECT_DOUBLE_EQ(m.at("raw_minimum_share_ratio"), 0.4);
  EXPECT_DOUBLE_EQ(m.at("minimum_share_ratio"), 0.4);  // each is entitled to a quarter
  EXPECT_EQ(m.at("minimum_share_contender"), 3);
  EXPECT_DOUBLE_EQ(m.at("fairness_factor_ratio"), 0.7);
  EXPECT_DOUBLE_EQ(m.at("gini_ratio"), 0.25);  // 2 (1+2+3+1+2+1) / (2 4 10)
  EXPECT_DOUBLE_EQ(m.at("cpu_minimum_share_ratio"), 0.4);
  EXPECT_DOUBLE_EQ(m.at("cpu_ns_per_operation"), 2'000);
  EXPECT_GT(m.at("random_minimum_share_ratio"), 0.99);
  EXPECT_EQ(m.at("fair_interval_ns"), 4'000);
  EXPECT_EQ(m.at("longest_gap_ns"), 50 * ms);
  EXPECT_EQ(m.at("longest_gap_resolution_ns"), 0);
  EXPECT_EQ(m.at("longest_gap_contender"), 3);
  EXPECT_EQ(m.at("longest_gap_censored"), false);
  EXPECT_EQ(m.at("window_too_short"), false);
  EXPECT_EQ(m.at("starved_contenders"), 0);
}

TEST(TrialLine, EpisodesByTheResourceByTheSchedulerAndPossible) {
  const json line = trial_line(samples::spec(4, true), samples::uneven(), samples::oversubscribed());
  const json& m = line.at("metrics");
  EXPECT_EQ(m.at("starvation_episodes"), 1);
  EXPECT_EQ(m.at("starvation_ns"), 50 * ms);
  EXPECT_EQ(m.at("scheduler_episodes"), 1);
  EXPECT_EQ(m.at("possible_episodes"), 1);
  const json& w = line.at("per_worker");
  EXPECT_EQ(w.at(3).at("starvation_episodes"), 1);
  EXPECT_EQ(w.at(3).at("starvation_ns"), 50 * ms);
  EXPECT_EQ(w.at(2).at("scheduler_episodes"), 1);
  EXPECT_EQ(w.at(1).at("possible_episodes"), 1);
  EXPECT_EQ(w.at(0).at("starvation_episodes"), 0);
  EXPECT_EQ(w.at(1).at("longest_gap_resolution_ns"), 18 * ms);  // 20 ms, ten operations in it
  const json& t = line.at("episode_thresholds");
  EXPECT_EQ(t.at("round_ns"), 4 * ms);
  EXPECT_EQ(t.at("resource_ns"), 8 * ms);    // 2 R
  EXPECT_EQ(t.at("scheduler_ns"), 16 * ms);  // 4 R
}

TEST(TrialLine, SaysWhatWasAskedForAndHow) {
  TrialContext context = samples::oversubscribed();
  context.block = 3;
  context.point = 2;
  context.role = "control";
  context.of = 9;
  const json line = trial_line(samples::spec(4, true), samples::uneven(), context);
  EXPECT_EQ(line.at("record"), "trial");
  EXPECT_EQ(line.at("workload"), "spin");
  EXPECT_EQ(line.at("family"), "locks");
  EXPECT_EQ(line.at("as"), "threads");
  EXPECT_EQ(line.at("workers"), 4);
  EXPECT_EQ(line.at("block"), 3);
  EXPECT_EQ(line.at("point"), 2);
  EXPECT_EQ(line.at("trial"), 1);
  EXPECT_EQ(line.at("role"), "control");
  EXPECT_EQ(line.at("of"), 9);
  EXPECT_EQ(line.at("status"), "ok");
  EXPECT_TRUE(line.at("failure").is_null());
  EXPECT_EQ(line.at("phases_ns").at("measure"), 1'000 * ms);
  EXPECT_THAT(codes(line), Contains("oversubscribed"));
}

TEST(TrialLine, EntitlementFollowsThePlaces) {
  // Three workers on two units, no lock: the one alone on its unit is entitled to half.
  trial::Spec spec = samples::spec(3, false);
  const json line = trial_line(spec, samples::result({250'000, 500'000, 250'000}), {});
  EXPECT_DOUBLE_EQ(line.at("per_worker").at(0).at("entitlement_ratio"), 0.25);
  EXPECT_DOUBLE_EQ(line.at("per_worker").at(1).at("entitlement_ratio"), 0.5);
  EXPECT_DOUBLE_EQ(line.at("metrics").at("minimum_share_ratio"), 1.0);
  EXPECT_DOUBLE_EQ(line.at("metrics").at("raw_minimum_share_ratio"), 0.75);
  EXPECT_DOUBLE_EQ(line.at("per_worker").at(2).at("share_ratio"), 1.0);
}

TEST(TrialLine, EntitlementFollowsWhatWasAchieved) {
  trial::Result r = samples::result({500'000, 500'000, 500'000});  // planned on units 0, 1, 0
  for (auto& w : r.workers) w.units_allowed = w.units_seen = {0};
  const json line = trial_line(samples::spec(3, false), r, {});
  EXPECT_DOUBLE_EQ(line.at("per_worker").at(1).at("entitlement_ratio"), 1.0 / 3);
  EXPECT_THAT(codes(line), Contains("pinning-not-achieved"));
}

TEST(TrialLine, WholeOperationsWhereThereIsNoContendedResource) {
  trial::Result r = samples::result({10, 20});
  r.workers[0].effective_operations = 10.5;
  r.workers[1].effective_operations = 20.5;
  const json line = trial_line(samples::spec(2, false), r, {});
  EXPECT_DOUBLE_EQ(line.at("metrics").at("throughput_per_s"), 31);
  EXPECT_DOUBLE_EQ(line.at("metrics").at("raw_minimum_share_ratio"), 2 * 10.5 / 31);
  EXPECT_EQ(line.at("per_worker").at(0).at("operations"), 10);
  EXPECT_DOUBLE_EQ(line.at("per_worker").at(0).at("effective_operations"), 10.5);
  EXPECT_TRUE(line.at("metrics").at("minimum_share_ratio").is_null());
  EXPECT_EQ(line.at("null_reasons").at("metrics.minimum_share_ratio"), "too-few-operations");
  EXPECT_THAT(codes(line), Contains("too-few-operations"));
}

TEST(TrialLine, OperationsAsCountedWhereThereIsOne) {
  trial::Result r = samples::result({1'000, 1'000});
  r.workers[0].effective_operations = 5'000;
  const json line = trial_line(samples::spec(2, true), r, {});
  EXPECT_DOUBLE_EQ(line.at("metrics").at("throughput_per_s"), 2'000);
  EXPECT_TRUE(line.at("per_worker").at(0).at("effective_operations").is_null());
  EXPECT_EQ(line.at("null_reasons").at("per_worker.effective_operations"), "contended-resource");
}

TEST(TrialLine, FewOperationsAreWarnedOf) {
  const auto of = [](std::uint64_t a, std::uint64_t b) {
    return codes(trial_line(samples::spec(2, false), samples::result({a, b}), {}));
  };
  EXPECT_THAT(of(99, 100), Contains("too-few-operations"));
  EXPECT_THAT(of(100, 100), Not(Contains("too-few-operations")));
  EXPECT_THAT(of(100, 100), Contains("few-operations"));
  EXPECT_THAT(of(999, 1'000), Contains("few-operations"));
  EXPECT_THAT(of(1'000, 1'000), Not(Contains("few-operations")));
  EXPECT_THAT(codes(trial_line(samples::spec(1, false), samples::result({3}), {})),
              Not(Contains("too-few-operations")));  // nobody to share with
}

TEST(TrialLine, AStarvedWorkerIsAFinding) {
  trial::Spec spec = samples::spec(2, true);
  const trial::Result r = samples::result({995'001, 4'999});
  json line = trial_line(spec, r, {});
  ASSERT_EQ(line.at("findings").size(), 1u);
  const json& finding = line.at("findings").at(0);
  EXPECT_EQ(finding.at("kind"), "starvation");
  EXPECT_EQ(finding.at("certainty"), "certain");
  EXPECT_EQ(finding.at("contender"), 1);
  EXPECT_EQ(finding.at("expected"), true);
  EXPECT_THAT(finding.at("text").get<std::string>(), testing::HasSubstr("4999 of the 500000"));
  EXPECT_EQ(line.at("metrics").at("starved_contenders"), 1);
  EXPECT_EQ(line.at("per_worker").at(1).at("starved"), true);
  EXPECT_THAT(codes(line), Not(Contains("expected-finding-absent")));

  spec.workload.expects.clear();
  EXPECT_EQ(trial_line(spec, r, {}).at("findings").at(0).at("expected"), true);
  spec.workload.promises_fairness = true;
  EXPECT_EQ(trial_line(spec, r, {}).at("findings").at(0).at("expected"), false);
}

TEST(TrialLine, AnExpectedFindingThatStaysAwayIsWarnedOf) {
  trial::Spec spec = samples::spec(2, true);
  const trial::Result r = samples::result({5'000, 5'000});
  EXPECT_THAT(codes(trial_line(spec, r, {})), Not(Contains("expected-finding-absent")));  // starvation may stay away
  spec.workload.expects.emplace_back("lost-update");
  EXPECT_THAT(codes(trial_line(spec, r, {})), Contains("expected-finding-absent"));
}

TEST(TrialLine, AGapThatTouchesAnEndOfTheWindowIsCensored) {
  for (const std::uint64_t begin_ms : {0u, 900u}) {
    trial::Result r = samples::result({100'000, 100'000});
    samples::add_gap(r.workers[1], begin_ms, 100, 1, 0);
    const json line = trial_line(samples::spec(2, true), r, {});
    EXPECT_EQ(line.at("metrics").at("longest_gap_censored"), true) << begin_ms;
    EXPECT_EQ(line.at("per_worker").at(0).at("longest_gap_censored"), false) << begin_ms;
    EXPECT_EQ(line.at("metrics").at("longest_gap_ns"), 100 * ms) << begin_ms;
  }
}

TEST(TrialLine, TenLongestGapsMakeAWindow) {
  trial::Result r = samples::result({100'000, 100'000});
  samples::add_gap(r.workers[1], 300, 101, 1, 0);
  EXPECT_THAT(codes(trial_line(samples::spec(2, true), r, {})), Contains("window-too-short"));
  r = samples::result({100'000, 100'000});
  samples::add_gap(r.workers[1], 300, 100, 1, 0);
  EXPECT_THAT(codes(trial_line(samples::spec(2, true), r, {})), Not(Contains("window-too-short")));
  TrialContext rounds;
  rounds.control.round_ns = 51e6;  // of which 20 are longer than the window
  EXPECT_THAT(codes(trial_line(samples::spec(2, true), r, rounds)), Contains("window-too-short"));
}

TEST(TrialLine, NoOperationAtAll) {
  trial::Result r = samples::result({0, 0});
  for (auto& w : r.workers) w.longest_gap_end_ns = w.longest_gap_begin_ns = 0;
  const json line = trial_line(samples::spec(2, true), r, {});
  const json& m = line.at("metrics");
  EXPECT_EQ(m.at("throughput_per_s"), 0.0);
  EXPECT_TRUE(m.at("jain_ratio").is_null());
  EXPECT_EQ(line.at("null_reasons").at("metrics.jain_ratio"), "no-operations");
  EXPECT_EQ(line.at("null_reasons").at("metrics.starvation_episodes"), "no-operations");
  EXPECT_EQ(m.at("longest_gap_ns"), 1'000 * ms);
  EXPECT_EQ(m.at("longest_gap_resolution_ns"), 0);
  EXPECT_EQ(m.at("longest_gap_censored"), true);
  EXPECT_EQ(m.at("starved_contenders"), 0);
}

TEST(TrialLine, WithoutAWindowAllMetricsAreNullWithThatReason) {
  const json line = trial_line(samples::spec(2, true), samples::crashed(), {});
  for (const auto& [key, value] : line.at("metrics").items()) {
    EXPECT_TRUE(value.is_null()) << key;
    EXPECT_EQ(line.at("null_reasons").at("metrics." + key), "no-window") << key;
  }
  EXPECT_EQ(line.at("status"), "crashed");
  EXPECT_EQ(line.at("failure").at("signal"), 11);
  EXPECT_TRUE(line.at("failure").at("worker").is_null());
  EXPECT_EQ(line.at("findings").at(0).at("expected"), false);
  EXPECT_TRUE(codes(line).empty());
}

TEST(TrialLine, ContendersThatAreNotWorkers) {
  trial::Spec spec = samples::spec(1, false);
  spec.workload.kind = "team";
  const json line = trial_line(spec, samples::connections(), {});
  const json& m = line.at("metrics");
  EXPECT_DOUBLE_EQ(m.at("throughput_per_s"), 30'000);  // the worker's
  EXPECT_DOUBLE_EQ(m.at("jain_ratio"), 1);             // the contenders'
  EXPECT_TRUE(m.at("cpu_minimum_share_ratio").is_null());
  EXPECT_EQ(line.at("null_reasons").at("metrics.cpu_minimum_share_ratio"), "contenders-not-workers");
  const json& c = line.at("per_contender");
  ASSERT_EQ(c.size(), 3u);
  EXPECT_EQ(c.at(0).at("class"), "reader");
  EXPECT_EQ(c.at(0).at("longest_gap_ns"), 1'000 * ms);  // 500 ms still, and the quarters on both sides
  EXPECT_EQ(c.at(0).at("longest_gap_resolution_ns"), 500 * ms);
  EXPECT_EQ(c.at(2).at("longest_gap_ns"), 3 * ms);  // stamped
  EXPECT_EQ(c.at(2).at("longest_gap_resolution_ns"), 0);
  EXPECT_EQ(c.at(0).at("starvation_episodes"), 1);  // 500 ms against 100 F = 10 ms
  EXPECT_EQ(c.at(1).at("starvation_episodes"), 0);
  EXPECT_EQ(m.at("starvation_ns"), 500 * ms);
  EXPECT_TRUE(line.at("per_worker").at(0).at("starvation_episodes").is_null());
}

TEST(TrialLine, ClassesHaveFiguresOfTheirOwn) {
  trial::Spec spec = samples::spec(1, false);
  trial::Result r = samples::connections();
  r.contenders[1].operations = 30'000;
  const json classes = trial_line(spec, r, {}).at("metrics").at("classes");
  EXPECT_DOUBLE_EQ(classes.at("reader").at("throughput_per_s"), 10'000);
  EXPECT_DOUBLE_EQ(classes.at("writer").at("throughput_per_s"), 40'000);
  EXPECT_DOUBLE_EQ(classes.at("writer").at("raw_minimum_share_ratio"), 0.5);
}

TEST(TrialLine, ProgressIsMergedToAtMost256Intervals) {
  trial::Result r = samples::result({1'000});
  r.progress = {};
  r.progress.operations.resize(1);
  for (std::int64_t k = 1; k <= 1'001; ++k) {
    r.progress.end_ns.push_back(k * 998'000);
    r.progress.operations[0].push_back(1);
  }
  const json progress = trial_line(samples::spec(1, false), r, {}).at("progress");
  ASSERT_EQ(progress.at("end_ns").size(), 251u);
  EXPECT_EQ(progress.at("end_ns").front(), 4 * 998'000);
  EXPECT_EQ(progress.at("end_ns").back(), 1'001 * 998'000);
  EXPECT_EQ(progress.at("operations").at(0).front(), 4);
  EXPECT_EQ(progress.at("operations").at(0).back(), 1);
}

TEST(TrialLine, WithoutSchedstatThereIsNoRunDelay) {
  trial::Result r = samples::result({5'000, 5'000});
  r.warnings = {"no-schedstat"};
  const json line = trial_line(samples::spec(2, true), r, {});
  EXPECT_TRUE(line.at("per_worker").at(0).at("run_delay_ns").is_null());
  EXPECT_EQ(line.at("null_reasons").at("per_worker.run_delay_ns"), "no-schedstat");
}

TEST(TrialLine, CountersAreWholeWhereTheyAreAndNeverNaN) {
  trial::Result r = samples::result({5'000});
  r.counters = {{"written_bytes", 4096}, {"load_ratio", 0.5}, {"broken", std::nan("")}};
  const json line = trial_line(samples::spec(1, false), r, {});
  EXPECT_TRUE(line.at("counters").at("written_bytes").is_number_integer());
  EXPECT_DOUBLE_EQ(line.at("counters").at("load_ratio"), 0.5);
  EXPECT_TRUE(line.at("counters").at("broken").is_null());
  EXPECT_EQ(line.at("null_reasons").at("counters.broken"), "not-a-number");
}

TEST(TrialLine, StolenTimeIsWarnedOfAboveOnePercent) {
  trial::Result r = samples::result({5'000});
  r.environment = {{"steal_ratio", 0.02}, {"frequency_hz", nullptr}, {"null_reasons", {{"frequency_hz", "not-shown"}}}};
  const json line = trial_line(samples::spec(1, false), r, {});
  EXPECT_THAT(codes(line), Contains("steal-time"));
  EXPECT_EQ(line.at("null_reasons").at("environment.frequency_hz"), "not-shown");
  EXPECT_FALSE(line.at("environment").contains("null_reasons"));
}

TEST(ControlFigures, RoundAndSlice) {
  trial::Result r = samples::result({5'000, 5'000});
  for (unsigned k = 0; k < 99; ++k) samples::add_gap(r.workers[0], 1 + 4 * k, 4, 1, 4);
  samples::add_gap(r.workers[1], 100, 40, 1, 0);
  const ControlFigures c = control_figures(samples::spec(2, false), r, true);
  EXPECT_DOUBLE_EQ(c.round_ns, 4e6);                  // rank 99 of 100
  EXPECT_DOUBLE_EQ(c.slice_ns, 1'000e6 / (2 * 100));  // CPU time of both over their 200 switches
}

TEST(ControlFigures, NoneWithoutOversubscriptionAndNoneFromNothing) {
  trial::Result r = samples::uneven();
  EXPECT_EQ(control_figures(samples::spec(4, false), r, false).round_ns, 0);
  EXPECT_EQ(control_figures(samples::spec(4, false), r, false).slice_ns, 0);
  for (auto& w : r.workers) {
    w.gaps.clear();
    w.involuntary_switches = 0;
  }
  EXPECT_EQ(control_figures(samples::spec(4, false), r, true).round_ns, 0);
  EXPECT_EQ(control_figures(samples::spec(4, false), r, true).slice_ns, 0);
}

TEST(ControlFigures, OnlyWhatOfAGapLiesInsideTheWindowCounts) {
  trial::Result r = samples::result({5'000});
  r.workers[0].gaps = {{-500 * static_cast<std::int64_t>(ms), 2 * static_cast<std::int64_t>(ms), 1, 0}};
  EXPECT_DOUBLE_EQ(control_figures(samples::spec(1, false), r, true).round_ns, 2e6);
}

// Behind the resource itself gaps are no measure of a round: eight workers on two units wait for three slices.
TEST(ControlFigures, IsEstimatedFromSlicesWhereThereIsNoControl) {
  trial::Result r = samples::result({5'000, 5'000});
  samples::add_gap(r.workers[1], 100, 400, 1, 0);
  trial::Spec spec = samples::spec(8, true);
  const ControlFigures c = control_figures(spec, r, true);
  EXPECT_TRUE(c.estimated);
  EXPECT_DOUBLE_EQ(c.slice_ns, 5e6);
  EXPECT_DOUBLE_EQ(c.round_ns, 15e6);
  TrialContext context = samples::oversubscribed();
  context.control = c;
  EXPECT_THAT(trial_line(spec, r, context).at("warnings").dump(), HasSubstr("no-control"));
}

json metrics_of(const trial::Result& r, const TrialContext& context = {}) {
  return trial_line(samples::spec(static_cast<unsigned>(r.workers.size()), true), r, context).at("metrics");
}

TEST(Episodes, NobodyStarvesAlone) {
  trial::Result r = samples::result({10'000});
  samples::add_gap(r.workers[0], 100, 50, 1, 10);
  EXPECT_EQ(metrics_of(r).at("starvation_episodes"), 0);
  EXPECT_EQ(metrics_of(r).at("possible_episodes"), 1);
}

TEST(Episodes, AreOpenWhereRunDelayIsUnknown) {
  trial::Result r = samples::result({400'000, 100'000});
  samples::add_gap(r.workers[1], 100, 50, 1, 0);
  r.workers[1].gap_delays_known = false;
  EXPECT_EQ(metrics_of(r).at("starvation_episodes"), 0);
  EXPECT_EQ(metrics_of(r).at("possible_episodes"), 1);
}

TEST(Episodes, WhatTheHypervisorTookIsNotTheResources) {
  trial::Result r = samples::result({400'000, 100'000});
  samples::add_gap(r.workers[1], 100, 50, 1, 10);
  EXPECT_EQ(metrics_of(r).at("starvation_episodes"), 1);
  r.environment["steal_ns"] = 45 * ms;
  EXPECT_EQ(metrics_of(r).at("starvation_episodes"), 0);
  EXPECT_EQ(metrics_of(r).at("possible_episodes"), 1);
}

// A round so long that no gap of this window could pass it; but it ran, and got nothing, all the time.
TEST(Episodes, WhoGotNothingInTheWholeWindowStarvedForAllOfIt) {
  trial::Result r = samples::result({400'000, 300'000, 200'000, 0});
  r.workers[3].longest_gap_begin_ns = 0;
  r.workers[3].longest_gap_end_ns = 1'000 * static_cast<std::int64_t>(ms);
  r.workers[3].longest_gap_operations = 0;
  r.workers[3].gaps = {{-10, 1'000 * static_cast<std::int64_t>(ms), 0, 500 * ms}};
  TrialContext context = samples::oversubscribed();
  context.control = {600e6, 4e6};
  const json m = metrics_of(r, context);
  EXPECT_EQ(m.at("starvation_episodes"), 1);
  EXPECT_EQ(m.at("starvation_ns"), 1'000 * ms);
  EXPECT_EQ(m.at("starved_contenders"), 1);
}

TEST(Warnings, ABusyMachineIsSaid) {
  trial::Result r = samples::result({5'000, 5'000});  // 500 ms of CPU time each
  r.environment["units_ns"] = 2'000 * ms;
  r.environment["busy_ratio"] = 0.55;
  EXPECT_EQ(trial_line(samples::spec(2, true), r, {}).at("warnings").dump().find("machine-busy"), std::string::npos);
  r.environment["busy_ratio"] = 0.95;
  EXPECT_THAT(trial_line(samples::spec(2, true), r, {}).at("warnings").dump(), HasSubstr("machine-busy"));
  r.trial_cpu_ns = 1'800 * ms;  // helpers of the workload's own, a server's threads
  EXPECT_EQ(trial_line(samples::spec(2, true), r, {}).at("warnings").dump().find("machine-busy"), std::string::npos);
  r.trial_cpu_ns = 0;
  r.window_ns = 50 * ms;  // too short for a clock of 10 ms to tell
  EXPECT_EQ(trial_line(samples::spec(2, true), r, {}).at("warnings").dump().find("machine-busy"), std::string::npos);
}

}  // namespace
}  // namespace fairground::record
