// What a stress run decides without running anything: reach, tallies, what is looked into alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/stress_alone.hpp"
#include "cli/stress_reach.hpp"
#include "cli/stress_screen.hpp"
#include "cli/stress_tally.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::Draw;
using plan::ParameterType;
using testing::HasSubstr;

plan::ParameterInfo parameter(const char* key, ParameterType type, json otherwise, double minimum, double maximum) {
  plan::ParameterInfo p;
  p.key = key;
  p.type = type;
  p.default_value = std::move(otherwise);
  p.minimum = minimum;
  p.maximum = maximum;
  return p;
}

plan::WorkloadInfo sums() {
  plan::WorkloadInfo w;
  w.id = "sums";
  w.family = "test";
  w.parameters = {
      parameter("n", ParameterType::integer, 20, 1, 50), parameter("size", ParameterType::size, 64, 8, 1 << 20),
      parameter("share", ParameterType::ratio, 0.0, 0, 0.9), parameter("hold", ParameterType::duration, 100, 0, 1e9)};
  return w;
}

Draw draw_of(const plan::WorkloadInfo& w) {
  Draw d;
  d.point.workload = w.id;
  d.point.parameters = w.defaults();
  d.point.workers = 4;
  d.point.time_ns = 100'000'000;
  return d;
}

TEST(Reach, EndsBeforeWhatIsTooSlow) {
  const plan::DrawBounds bounds;
  Reaches reaches(bounds);
  unsigned asked = 0;
  const Reach reach = reaches.of(sums(), [&](const plan::Point& p) {
    ++asked;
    return p.parameters.at("n") <= 33 && p.parameters.at("share") < 0.5;
  });
  EXPECT_GE(reach.at("n"), 30);
  EXPECT_LE(reach.at("n"), 33);
  EXPECT_GT(reach.at("share"), 0.4);
  EXPECT_LT(reach.at("share"), 0.5);
  EXPECT_FALSE(reach.contains("size")) << "quick up to its end";
  EXPECT_FALSE(reach.contains("hold")) << "durations have the deadline";
  EXPECT_LT(asked, 20u);
  asked = 0;
  plan::WorkloadInfo other = sums();
  other.id = "other";
  EXPECT_EQ(reaches.of(other, [&](const plan::Point&) { return ++asked > 0; }), reach) << "known of the family";
  EXPECT_EQ(asked, 0u);
}

TEST(Reach, IsUnknownWhereTheDefaultsDoNotRun) {
  const plan::DrawBounds bounds;
  EXPECT_TRUE(Reaches(bounds).of(sums(), [](const plan::Point&) { return false; }).empty());
}

TEST(Reach, BringsDrawsBack) {
  Draw d = draw_of(sums());
  d.point.parameters["n"] = 50;
  EXPECT_TRUE(keep_within(d, sums(), {{"n", 33}}));
  EXPECT_EQ(d.point.parameters.at("n"), 33);
  EXPECT_FALSE(keep_within(d, sums(), {{"n", 33}}));
}

json finding(const char* kind, bool expected, const char* certainty = "certain") {
  return {{"kind", kind}, {"expected", expected}, {"certainty", certainty}, {"text", "t"}, {"contender", 1}};
}

json worker(unsigned operations, unsigned run_delay_ns) {
  return {{"operations", operations}, {"run_delay_ns", run_delay_ns}};
}

json trial(const char* status, json findings = json::array(), unsigned run_delay_ns = 0) {
  return {{"workload", "sums"},
          {"group", "x"},
          {"status", status},
          {"reason", "why"},
          {"findings", std::move(findings)},
          {"window_ns", 1'000},
          {"per_worker", json::array({worker(7, 0), worker(5, run_delay_ns)})},
          {"metrics", {{"longest_gap_ns", 1'000}}}};
}

TEST(StressTally, TellsFailuresFromWhatIsExpected) {
  EXPECT_EQ(failure_of(trial("ok")), "");
  EXPECT_EQ(failure_of(trial("unsupported")), "");
  EXPECT_EQ(failure_of(trial("interrupted")), "");
  EXPECT_EQ(failure_of(trial("hung")), "hung: why");
  EXPECT_EQ(failure_of(trial("ok", {finding("wrong-result", true)})), "");
  EXPECT_EQ(failure_of(trial("ok", {finding("deadlock", false)})), "deadlock: t");
  EXPECT_EQ(failure_of(trial("ok", {finding("deadlock", false, "possible")})), "");
  EXPECT_EQ(failure_of(trial("ok", {finding("starvation", false)})), "");
  EXPECT_TRUE(is_starved(trial("ok", {finding("starvation", false)})));
  EXPECT_FALSE(is_starved(trial("ok", {finding("starvation", true)})));
  EXPECT_FALSE(is_starved(trial("ok", {finding("starvation", false)}, 900))) << "it had no unit";
  EXPECT_NE(failure_key(trial("hung")), failure_key(trial("crashed")));
}

TEST(StressTally, AddsUpByWorkload) {
  StressTally tally;
  for (const char* status : {"ok", "ok", "failed", "crashed", "hung", "unsupported", "interrupted"})
    tally.add(trial(status));
  tally.add(trial("ok", {finding("deadlock", false)}));
  const StressRow& row = tally.rows().at("sums");
  EXPECT_EQ(row.trials, 7u);
  EXPECT_EQ(row.ok, 2u);
  EXPECT_EQ(row.findings, 2u);
  EXPECT_EQ(row.operations, 7u * 12);
  EXPECT_EQ(row.longest_gap_ns, 1'000u);
  EXPECT_EQ(tally.failed(), 4u);
  std::string text;
  for (const Line& line : stress_table(tally, Style{})) text += line.render() + "\n";
  EXPECT_THAT(text, HasSubstr("unsupported sums: why"));
}

// Fails by this rule; counts what was asked.
struct Case {
  std::function<bool(const Draw&, unsigned block)> rule;
  bool hung = false, starved = false;
  unsigned asked = 0;
  Found look_into(const Draw& draw) {
    const plan::WorkloadInfo w = sums();
    const Alone alone(w, hung, starved, [&](const Draw& d, unsigned block) {
      ++asked;
      if (!rule(d, block)) return trial("ok");
      return starved ? trial("ok", {finding("starvation", false)}) : trial("failed");
    });
    return alone.look_into(draw, [] { return false; });
  }
};

TEST(Alone, ShrinksWhatFailsEveryTime) {
  Draw d = draw_of(sums());
  d.point.parameters["n"] = 40, d.point.parameters["size"] = 4096;
  d.point.stutter_ns = 1;
  Case c{[](const Draw& x, unsigned) { return x.point.parameters.at("n") == 40; }};
  const Found found = c.look_into(d);
  EXPECT_EQ(found.shown, 3u);
  EXPECT_EQ(found.draw.point.parameters.at("n"), 40);
  EXPECT_EQ(found.draw.point.parameters.at("size"), 64);
  EXPECT_EQ(found.draw.point.workers, 1u);
  EXPECT_EQ(found.draw.point.stutter_ns, 0u);
}

TEST(Alone, GivesMoreTimeToWhatFailsSeldom) {
  Case c{[](const Draw& x, unsigned block) { return x.point.time_ns >= 500'000'000 && block != 1; }};
  const Found found = c.look_into(draw_of(sums()));
  EXPECT_EQ(found.shown, 2u);
  EXPECT_GE(found.draw.point.time_ns, 500'000'000u);
}

TEST(Alone, LeavesAsItWasWhatIsNotSeenAgain) {
  Draw d = draw_of(sums());
  d.point.stutter_ns = 5;
  Case c{[](const Draw&, unsigned) { return false; }};
  const Found found = c.look_into(d);
  EXPECT_EQ(found.shown, 0u);
  EXPECT_EQ(found.draw.point.stutter_ns, 5u);
  EXPECT_LE(c.asked, 9u);
}

TEST(Alone, LooksForHangsWithAShortDeadlineAndPrintsTheLongOne) {
  std::uint64_t longest = 0;
  Case c{[&](const Draw& x, unsigned) { return longest = std::max(longest, x.point.deadline_ns), true; }, true};
  const Found found = c.look_into(draw_of(sums()));
  EXPECT_LT(longest, plan::Point{}.deadline_ns);
  EXPECT_EQ(found.draw.point.deadline_ns, plan::Point{}.deadline_ns);
}

TEST(Alone, BelievesInStarvationOnlyWhenItIsThereEveryTimeInALongWindow) {
  Case now_and_then{[](const Draw&, unsigned block) { return block != 2; }, false, true};
  EXPECT_LT(now_and_then.look_into(draw_of(sums())).shown, 3u);
  std::uint64_t shortest = UINT64_MAX;
  Case always{[&](const Draw& x, unsigned) { return shortest = std::min(shortest, x.point.time_ns), true; }, false,
              true};
  EXPECT_EQ(always.look_into(draw_of(sums())).shown, 3u);
  EXPECT_GE(shortest, 1'000'000'000u);
}

TEST(StressScreen, SaysWhatRunsWhere) {
  EXPECT_EQ(places_text({{0}, {1}, {2}, {5}}), "PU 0-2,5");
  EXPECT_EQ(places_text({}), "any unit");
  StressView view;
  view.elapsed_ns = 62'000'000'000, view.for_ns = 600'000'000'000;
  view.trials = 214, view.unsupported = 3;
  view.running = {{"mutex ×8", "lock", "PU 0-1", "measuring", 100'000'000, 400'000'000}, {}};
  EXPECT_EQ(stress_plain_line(view, Style{}, "13:00:00").render(),
            "13:00:00 62 of 600 s: 214 trials, 0 failed, 3 unsupported; now mutex x8 on PU 0-1");
  Style style;
  style.terminal = true, style.utf8 = true;
  std::string text;
  for (const Line& line : stress_lines(view, style)) text += line.render() + "\n";
  EXPECT_THAT(text, HasSubstr("10 %"));
  EXPECT_THAT(text, HasSubstr("8 min 58 s left"));
  EXPECT_THAT(text, HasSubstr("measuring"));
}

}  // namespace
}  // namespace fairground::cli
