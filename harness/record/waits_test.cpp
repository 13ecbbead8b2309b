#include "record/waits.hpp"

#include <fairground/plugin.h>
#include <gtest/gtest.h>

#include "record/probes.hpp"
#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;

stats::Histogram times(std::uint64_t value, std::uint64_t count) {
  stats::Histogram h(2);
  h.record(value, count);
  return h;
}

TEST(Spans, WorkedExample) {
  Spans s;
  EXPECT_TRUE(s.json(false).at("mean").is_null());
  s.add(times(10, 90));
  s.add(times(100, 9));
  s.add(times(200, 1));
  EXPECT_DOUBLE_EQ(s.mean(), (900 + 900 + 200) / 100.0);
  const json out = s.json(true);
  EXPECT_EQ(out.at("p50"), 10);
  EXPECT_EQ(out.at("p90"), 10);
  EXPECT_EQ(out.at("p99"), 100);
  EXPECT_EQ(out.at("p999"), 200);
  EXPECT_EQ(out.at("count"), 100);
  EXPECT_EQ(out.at("disturbed"), true);
  EXPECT_EQ(out.at("buckets"), json::array({{10, 90}, {100, 9}, {200, 1}}));
}

// Stamped: 20 handed to itself at once (10 ns), 80 after another (100 ns). Among all, it is 60 to 40.
TEST(WeightedWaits, DistancesOccurAsOftenAsAmongAll) {
  std::vector<trial::WorkerProbes> workers(1);
  workers[0].waits[FG_WRITE][0] = times(10, 20);
  workers[0].waits[FG_WRITE][1] = times(100, 80);
  const WeightedWaits w = weighted_waits(workers, {6'000, 4'000}, -1);
  EXPECT_TRUE(w.weighted);
  EXPECT_DOUBLE_EQ(w.unweighted_mean, 82);
  EXPECT_DOUBLE_EQ(w.spans.mean(), 46);
  EXPECT_DOUBLE_EQ(w.bias(), 82.0 / 46);
}

TEST(WeightedWaits, AreLeftAloneWhereTheOrderIsShort) {
  std::vector<trial::WorkerProbes> workers(1);
  workers[0].waits[FG_READ][0] = times(10, 20);
  workers[0].waits[FG_WRITE][1] = times(100, 80);
  const WeightedWaits w = weighted_waits(workers, {600, 300}, -1);
  EXPECT_FALSE(w.weighted);
  EXPECT_DOUBLE_EQ(w.spans.mean(), 82);
  EXPECT_DOUBLE_EQ(w.bias(), 1);
  EXPECT_DOUBLE_EQ(weighted_waits(workers, {}, FG_READ).spans.mean(), 10);
}

// Two workers that take turns: 10,000 acquisitions each in one second, so a round of 100 us; 60 us of it outside and
// 20 us inside, so each waits for 20 us.
trial::Result taking_turns(std::uint64_t wait_ns, std::uint32_t level) {
  trial::Result r = samples::result({10'000, 10'000});
  trial::ProbeResult& p = r.probes.emplace();
  p.level = level;
  p.workers.resize(2);
  stats::Stretch burst;
  for (std::uint32_t k = 0; k < 4'096; ++k) burst.push_back(k % 2);
  p.bursts = {burst};
  p.window = 4'096;
  for (trial::WorkerProbes& w : p.workers) {
    w.waits[FG_WRITE][1] = times(wait_ns, 40);
    w.holds[FG_WRITE] = times(20'000, 40);
    w.outside = times(60'000, 40);
    w.acquisitions = 10'000;
    w.first_position = 1;
    w.last_position = 19'999;
    w.longest_run = 1;
    w.longest_distance = 2;
    w.longest_wait_ns = static_cast<std::int64_t>(wait_ns);
  }
  p.workers[1].open_wait_ns = 55'000'000;
  r.workers[1].waiting = true;
  return r;
}

json metrics(const trial::Result& r) {
  TrialContext context;
  context.edges_throughput_per_s = 20'000;
  const json line = trial_line(samples::spec(2, true), r, context);
  return line.at("metrics");
}

TEST(ProbeMetrics, WorkedExample) {
  const json m = metrics(taking_turns(20'000, 1));
  EXPECT_NEAR(m.at("wait_ns").at("mean").get<double>(), 20'000, 100);
  EXPECT_EQ(m.at("wait_ns").at("disturbed"), false);
  EXPECT_NEAR(m.at("wait_by_throughput_ns").get<double>(), 20'000, 400);
  EXPECT_EQ(m.at("longest_run"), 1);
  EXPECT_EQ(m.at("reacquire_distance").at("mean"), 2.0);
  EXPECT_EQ(m.at("reacquire_distance").at("maximum"), 2);
  EXPECT_EQ(m.at("handover_matrix"), json::array({{0, 2'048}, {2'047, 0}}));
  EXPECT_EQ(m.at("longest_wait_ns"), 55'000'000);
  EXPECT_EQ(m.at("open_waits"), 1);
  EXPECT_DOUBLE_EQ(m.at("opportunity_jain_ratio").get<double>(), 1.0);
  trial::Result readers = taking_turns(20'000, 1);
  readers.probes->shared = true;
  EXPECT_TRUE(metrics(readers).at("opportunity_jain_ratio").is_null())
      << "what several hold at once is no time of each";
  EXPECT_DOUBLE_EQ(m.at("probe_cost_ratio").get<double>(), 1.0);
  EXPECT_DOUBLE_EQ(m.at("stamp_bias_ratio").get<double>(), 1.0);
  EXPECT_FALSE(m.contains("bypass"));
  EXPECT_EQ(m.at("short_term_jain").at(0).at("window"), 2);
  EXPECT_DOUBLE_EQ(m.at("short_term_jain").at(0).at("jain_ratio").get<double>(), 1.0);
}

TEST(ProbeMetrics, WaitsThatDontAddUpAreDisturbed) {
  EXPECT_EQ(metrics(taking_turns(60'000, 1)).at("wait_ns").at("disturbed"), true);
  EXPECT_EQ(metrics(taking_turns(20'000, 2)).at("wait_ns").at("disturbed"), true);  // full changes what it measures
}

// One holds the lock for 30 of its 40 parts, the other for 10; it was never free. (30^2 ... )
TEST(ProbeMetrics, OpportunityIsTimeHeldAndTimeFree) {
  trial::Result r = taking_turns(20'000, 1);
  r.probes->workers[0].holds[FG_WRITE] = times(75'000, 40);  // 10,000 of them: 750 ms
  r.probes->workers[1].holds[FG_WRITE] = times(25'000, 40);
  EXPECT_NEAR(metrics(r).at("opportunity_jain_ratio").get<double>(), 0.8, 0.01);  // 1 / (2 (0.75^2 + 0.25^2))
}

// No hand-over was stamped: its percentiles are null, each with a reason.
TEST(ProbeMetrics, WhatNobodyStampedHasAReason) {
  const json line = trial_line(samples::spec(2, true), taking_turns(20'000, 1), {});
  EXPECT_TRUE(line.at("metrics").at("handover_ns").at("p99").is_null());
  for (const char* key : {"mean", "p50", "p90", "p99", "p999"})
    EXPECT_EQ(line.at("null_reasons").at(std::string("metrics.handover_ns.") + key), "none-stamped");
  EXPECT_FALSE(line.at("null_reasons").contains("metrics.wait_ns.p99"));
}

TEST(ProbeMetrics, EdgesHaveNone) {
  trial::Result r = taking_turns(20'000, 1);
  r.probes.reset();
  for (const char* key : {"wait_ns", "longest_run", "short_term_jain", "probe_cost_ratio"})
    EXPECT_FALSE(metrics(r).contains(key));
}

TEST(Timeline, IsTheFirstTenMillisecondsAndThoseAroundTheLongestWait) {
  trial::Result r = taking_turns(20'000, 2);
  trial::WorkerProbes& w = r.probes->workers[0];
  w.first = {{1, 0, 100, 200}, {2, 300, 400, 500}};
  w.last = {{2, 300, 400, 500}, {3, 90'000'000, 95'000'000, 95'000'100}, {4, 500'000'000, 500'000'010, 500'000'020}};
  json t = timeline_json(r);  // worker 1's wait was open at the end, for 55 ms
  ASSERT_EQ(t.at("windows").size(), 2u);
  EXPECT_EQ(t.at("windows").at(1).at("end_ns"), 1'000'000'000);
  EXPECT_EQ(t.at("windows").at(1).at("acquisitions"), json::array({{1, 945'000'000, nullptr, nullptr}}));
  r.probes->workers[1].open_wait_ns.reset();
  t = timeline_json(r);
  EXPECT_EQ(t.at("windows").at(0).at("acquisitions"), json::array({{0, 0, 100, 200}, {0, 300, 400, 500}}));
  EXPECT_EQ(t.at("windows").at(1).at("end_ns"), 97'000'000);
  EXPECT_EQ(t.at("windows").at(1).at("acquisitions"), json::array({{0, 90'000'000, 95'000'000, 95'000'100}}));
  EXPECT_TRUE(timeline_json(taking_turns(20'000, 1)).is_null());
  // A longer one, in the middle, that was kept beside the ring; worker 1's part of it, too.
  w.worst = {{7, 700'000'000, 706'000'000, 706'000'100}, {8, 706'000'200, 706'000'300, 706'000'400}};
  r.probes->workers[1].worst = {{6, 699'000'000, 699'000'100, 705'999'000}};
  t = timeline_json(r);
  EXPECT_EQ(t.at("windows").at(1).at("end_ns"), 708'000'000);
  EXPECT_EQ(t.at("windows").at(1).at("acquisitions"), json::array({{0, 700'000'000, 706'000'000, 706'000'100},
                                                                   {0, 706'000'200, 706'000'300, 706'000'400},
                                                                   {1, 699'000'000, 699'000'100, 705'999'000}}));
}

}  // namespace
}  // namespace fairground::record
