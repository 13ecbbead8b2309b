// What a stress run decides without running anything: reach, tallies, what is looked into alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "cli/stress_against.hpp"
#include "cli/stress_alone.hpp"
#include "cli/stress_reach.hpp"
#include "cli/stress_samples_for_test.hpp"
#include "cli/stress_screen.hpp"
#include "cli/stress_tally.hpp"

namespace fairground::cli {
namespace {

using testing::HasSubstr;

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

TEST(Reach, GoesNoFurtherThanDefaultsThatDoNotRunAndLooksAgain) {
  const plan::DrawBounds bounds;
  Reaches reaches(bounds);
  std::vector<std::uint64_t> deadlines;
  const auto slow = [&](const plan::Point& p) { return deadlines.push_back(p.deadline_ns), false; };
  const Reach defaults{{"n", 20}, {"size", 64}, {"share", 0}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reaches.of(sums(), slow), defaults);
  EXPECT_EQ(deadlines[2], 4 * deadlines[0]) << "with more patience";
  EXPECT_TRUE(reaches.bounded().empty());
  EXPECT_TRUE(reaches.of(sums(), [](const plan::Point&) { return true; }).empty()) << "the machine is quick again";
  Reaches hopeless(bounds);
  for (int i = 0; i < 4; ++i) hopeless.of(sums(), slow);
  EXPECT_TRUE(hopeless.of(sums(), slow).empty()) << "so be it";
}

TEST(Reach, OfOneWorkloadIsNotWaitedForByAnother) {
  const plan::DrawBounds bounds;
  Reaches reaches(bounds);
  std::promise<void> other_is_known;
  std::future<void> known = other_is_known.get_future();
  std::future<Reach> slow = std::async(std::launch::async, [&] {
    return reaches.of(sums(), [&](const plan::Point&) {
      if (!known.valid()) return true;
      EXPECT_EQ(known.wait_for(std::chrono::seconds(30)), std::future_status::ready);
      known = {};
      return true;
    });
  });
  plan::WorkloadInfo other = sums();
  other.id = "other", other.family = "else";
  reaches.of(other, [](const plan::Point& p) { return p.parameters.at("n") <= 33; });
  other_is_known.set_value();
  EXPECT_TRUE(slow.get().empty());
  ASSERT_EQ(reaches.bounded().size(), 1u);
  EXPECT_EQ(reaches.bounded().begin()->second, std::vector<std::string>{"other"});
}

TEST(Reach, BringsDrawsBack) {
  Draw d = draw_of(sums());
  d.point.parameters["n"] = 50;
  EXPECT_TRUE(keep_within(d, sums(), {{"n", 33}}));
  EXPECT_EQ(d.point.parameters.at("n"), 33);
  EXPECT_FALSE(keep_within(d, sums(), {{"n", 33}}));
}

TEST(SlowDown, IsToldFromWhatIsKept) {
  EXPECT_EQ(slow_down_text({0.5, {}, {}}), "is 2.00 times as slow");
  EXPECT_EQ(slow_down_text({0.02, 0.001, 0.25}), "is 50.0 times as slow (95 % interval 4.00 to 1000)");
  EXPECT_EQ(slow_down_text({0.02, 0.0, 0.25}), "is 50.0 times as slow (95 % interval 4.00 to standing still)");
  EXPECT_EQ(slow_down_text({0.0, 0.0, 0.05}), "stands still (95 % interval 20.0 to standing still)");
  EXPECT_EQ(slow_down_text({0.0, 0.0, 0.0}), "stands still");
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
  EXPECT_NE(failure_key(trial("hung")), failure_key(trial("crashed")));
}

TEST(StressTally, TellsOneDefectFromAnother) {
  EXPECT_EQ(failure_key(crash("measure", 11)), failure_key(crash("warm-up", 11))) << "a matter of luck";
  EXPECT_NE(failure_key(crash("measure", 11)), failure_key(crash("measure", 6)));
  EXPECT_NE(failure_key(crash("measure", 11)), failure_key(crash("verify", 11)));
  EXPECT_EQ(failure_key(wrong("3 words differ at 0x7f00")), failure_key(wrong("17 words differ at 0x1a")));
  EXPECT_NE(failure_key(wrong("3 words differ")), failure_key(wrong("2 words are missing")));
  EXPECT_EQ(failure_kind(wrong("1 word differs")), failure_kind(wrong("2 words differ"))) << "of one and of many";
  json one = trial("failed"), other = trial("failed");
  one["reason"] = "worker 3 in phase measure: no room", other["reason"] = "worker 1 in phase stop: no room";
  EXPECT_EQ(failure_kind(one), failure_kind(other));
  other["reason"] = "worker 1 in phase stop: there are fewer workers than writers";
  EXPECT_NE(failure_kind(one), failure_kind(other));
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
  std::function<bool(const Draw&)> another = [](const Draw&) { return false; };  // fails in another way
  std::function<bool(const Draw&)> refused = [](const Draw&) { return false; };
  unsigned most = UINT_MAX;  // trials, then it is enough
  unsigned asked = 0;
  Found look_into(const Draw& draw) {
    const plan::WorkloadInfo w = sums();
    const auto run = [&](const Draw& d, unsigned block) {
      EXPECT_FALSE(refused(d));
      if (++asked > most) return trial("interrupted");
      if (another(d)) return crash("setup", 11);
      if (!rule(d, block)) return trial("ok");
      return starved ? trial("ok", {finding("starvation", false)}) : trial("failed");
    };
    const Alone alone(w, {failure_kind(trial("failed")), hung, starved}, run, refused);
    return alone.look_into(draw, [&] { return asked > most; });
  }
};

TEST(Alone, AnotherFailureIsNone) {
  Draw d = draw_of(sums());
  d.point.workers = 8;
  Case c{[](const Draw&, unsigned) { return true; }};
  c.another = [](const Draw& x) { return x.point.workers < 3; };
  EXPECT_EQ(c.look_into(d).draw.point.workers, 3u);
}

TEST(Alone, ValuesThatTheWorkloadRefusesAreNotTried) {
  Draw d = draw_of(sums());
  d.point.parameters["n"] = 4;
  Case c{[](const Draw&, unsigned) { return true; }};
  c.refused = [](const Draw& x) { return x.point.workers < x.point.parameters.at("n"); };
  const Found found = c.look_into(d);
  EXPECT_EQ(found.draw.point.workers, 4u);
  EXPECT_EQ(found.shown, 3u);
}

TEST(Alone, SaysWhatIsKnownWhenItIsEnough) {
  Case early{[](const Draw&, unsigned) { return true; }};
  early.most = 0;
  EXPECT_FALSE(early.look_into(draw_of(sums())).whole);
  Case later{[](const Draw&, unsigned) { return true; }};
  later.most = 5;
  const Found found = later.look_into(draw_of(sums()));
  EXPECT_TRUE(found.whole);
  EXPECT_EQ(found.shown, 3u);
  EXPECT_EQ(found.draw.point.workers, 4u) << "as it was";
}

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
