#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "base/random.hpp"
#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::uint64_t window = 1'000 * ms;

// Owns what a SampleSeries shows.
struct Samples {
  std::vector<std::int64_t> at_ns;
  std::vector<std::uint64_t> operations;
  [[nodiscard]] SampleSeries series() const { return {at_ns, operations}; }
};

// Every 10 ms, with a count that always changes: samples that add nothing to the spans.
Samples busy() {
  Samples samples;
  for (std::int64_t t = 0; t <= 1'000; t += 10) {
    samples.at_ns.push_back(t * ms);
    samples.operations.push_back(static_cast<std::uint64_t>(t) * 1'000);
  }
  return samples;
}

// As busy(), but nothing counted in between.
Samples still_between(std::int64_t from, std::int64_t to) {
  Samples samples = busy();
  std::uint64_t count = 0;
  for (std::size_t k = 1; k < samples.at_ns.size(); ++k) {
    if (samples.at_ns[k] <= from || samples.at_ns[k] > to) count += 1'000;
    samples.operations[k] = count;
  }
  return samples;
}

GapBracket gap_of(const std::vector<Span>& spans, const Samples& samples) {
  return longest_gap(spans, samples.series(), window);
}

TEST(LongestGap, OneOperationIsExact) {
  const GapBracket gap = gap_of({{100 * ms, 150 * ms, 1, 0}, {200 * ms, 201 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 50u * ms);
  EXPECT_EQ(gap.lower_ns, 50u * ms);
  EXPECT_FALSE(gap.censored);
}

TEST(LongestGap, SeveralOperationsLeaveABracket) {
  // 20 operations in 20 ms, as after a change from 1 ns to 1 ms: each may have taken 1 ms, or one of them nearly all.
  const GapBracket gap = gap_of({{100 * ms, 120 * ms, 20, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 20u * ms);
  EXPECT_EQ(gap.lower_ns, 1u * ms);
}

TEST(LongestGap, SamplesRaiseTheLowerEnd) {
  // 1,000 operations, then a stall of 50 ms, in one span from 100 to 155 ms; the samples at 110 to 150 ms saw no
  // change.
  const GapBracket gap = gap_of({{100 * ms, 155 * ms, 1'000, 0}}, still_between(110 * ms, 150 * ms));
  EXPECT_EQ(gap.upper_ns, 55u * ms);
  EXPECT_EQ(gap.lower_ns, 40u * ms);
}

TEST(LongestGap, TheLowerEndMayComeFromAnotherSpan) {
  const GapBracket gap = gap_of({{100 * ms, 120 * ms, 10, 0}, {200 * ms, 212 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 20u * ms);
  EXPECT_EQ(gap.lower_ns, 12u * ms);
}

TEST(LongestGap, IsClippedToTheWindowAndThenCensored) {
  GapBracket gap = gap_of({{-500 * ms, 300 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 300u * ms);
  EXPECT_EQ(gap.lower_ns, 300u * ms);
  EXPECT_TRUE(gap.censored);
  gap = gap_of({{900 * ms, 1'900 * ms, 2, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 100u * ms);
  EXPECT_EQ(gap.lower_ns, 50u * ms);
  EXPECT_TRUE(gap.censored);
  gap = gap_of({{0, 1'000 * ms, 1, 0}}, busy());  // completions exactly at both ends
  EXPECT_FALSE(gap.censored);
  gap = gap_of({{-100 * ms, 1'100 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, window);
  EXPECT_TRUE(gap.censored);
}

TEST(LongestGap, AnOpenSpanIsOneGap) {
  const GapBracket gap = gap_of({{400 * ms, 1'000 * ms, 0, 0}, {100 * ms, 200 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 600u * ms);
  EXPECT_EQ(gap.lower_ns, 600u * ms);
  EXPECT_TRUE(gap.censored);
}

TEST(LongestGap, OnlyTheLongestDecidesCensoring) {
  EXPECT_FALSE(gap_of({{-50 * ms, 10 * ms, 1, 0}, {100 * ms, 120 * ms, 1, 0}}, busy()).censored);
}

TEST(LongestGap, SpansOutsideTheWindowDontCount) {
  const GapBracket gap =
      gap_of({{-50 * ms, -10 * ms, 1, 0}, {1'100 * ms, 1'300 * ms, 1, 0}, {5 * ms, 6 * ms, 1, 0}}, busy());
  EXPECT_EQ(gap.upper_ns, 1u * ms);
  EXPECT_FALSE(gap.censored);
}

TEST(LongestGap, AStretchWithoutItsSpanStillCounts) {
  const GapBracket gap = gap_of({{100 * ms, 102 * ms, 1, 0}}, still_between(300 * ms, 500 * ms));
  EXPECT_EQ(gap.upper_ns, 200u * ms);
  EXPECT_EQ(gap.lower_ns, 200u * ms);
  EXPECT_FALSE(gap.censored);
}

TEST(LongestGap, FromSamplesAlone) {
  GapBracket gap = gap_of({}, still_between(300 * ms, 500 * ms));
  EXPECT_EQ(gap.upper_ns, 220u * ms);  // from just after 290 ms to just before 510 ms
  EXPECT_EQ(gap.lower_ns, 200u * ms);
  EXPECT_FALSE(gap.censored);
  gap = gap_of({}, still_between(300 * ms, 1'000 * ms));
  EXPECT_EQ(gap.upper_ns, 710u * ms);
  EXPECT_EQ(gap.lower_ns, 700u * ms);
  EXPECT_TRUE(gap.censored);
  gap = gap_of({}, busy());
  EXPECT_EQ(gap.upper_ns, 20u * ms);
  EXPECT_LT(gap.lower_ns, 1u * ms);
  EXPECT_FALSE(gap.censored);
  // Never an operation: the whole window.
  gap = gap_of({}, {{0, 500 * ms, 1'000 * ms}, {0, 0, 0}});
  EXPECT_EQ(gap.lower_ns, window);
  EXPECT_EQ(gap.upper_ns, window);
  EXPECT_TRUE(gap.censored);
  // The only operation of the second half leaves two pieces of it.
  gap = gap_of({}, {{0, 500 * ms, 1'000 * ms}, {0, 999, 1'000}});
  EXPECT_EQ(gap.lower_ns, window / 4);
  EXPECT_EQ(gap.upper_ns, window);
  // One operation in a window without samples in between: half of it at least.
  gap = gap_of({}, {{0, 1'000 * ms}, {0, 1}});
  EXPECT_EQ(gap.lower_ns, window / 2);
  EXPECT_EQ(gap.upper_ns, window);
}

// F = 10 us, so 100 F = 1 ms; no oversubscription.
constexpr EpisodeThresholds alone{10'000, 0, 0};
// F = 10 us, R = 24 ms, slice 4 ms: by the resource above 48 ms, by the scheduler above 96 ms.
constexpr EpisodeThresholds crowded{10'000, 24.0 * ms, 4.0 * ms};

Episodes count(const std::vector<Span>& spans, const EpisodeThresholds& limits, const Samples& samples = busy()) {
  return episodes(spans, samples.series(), window, limits);
}

void expect(const Episodes& e, std::uint64_t resource, std::uint64_t scheduler, std::uint64_t possible) {
  EXPECT_EQ(e.by_resource, resource);
  EXPECT_EQ(e.by_scheduler, scheduler);
  EXPECT_EQ(e.possible, possible);
}

TEST(Episodes, ByTheResource) {
  const Episodes e = count({{100 * ms, 150 * ms, 1, 0}, {200 * ms, 203 * ms, 1, 0}}, alone);
  expect(e, 2, 0, 0);
  EXPECT_EQ(e.by_resource_ns, 53u * ms);
  ASSERT_EQ(e.by_resource_in.size(), 2u);
  EXPECT_EQ(e.by_resource_in[1].begin_ns, 200 * ms);
  EXPECT_EQ(e.by_resource_in[1].end_ns, 203 * ms);
}

TEST(Episodes, NotBelowTheThresholds) {
  expect(count({{100 * ms, 101 * ms, 1, 0}}, alone), 0, 0, 0);  // 1 ms is not above 1 ms
  expect(count({{100 * ms, 101 * ms + 1, 1, 0}}, alone), 1, 0, 0);
  expect(count({{100 * ms, 102 * ms, 1, 0}}, {30'000, 0, 0}), 0, 0, 0);  // 100 F = 3 ms
  expect(count({{100 * ms, 104 * ms, 1, 0}}, {30'000, 0, 0}), 1, 0, 0);
  expect(count({{100 * ms, 100 * ms + 900'000, 1, 0}}, {10, 0, 0}), 0, 0, 0);  // 100 F = 1 us, but 1 ms holds
  expect(count({{100 * ms, 147 * ms, 1, 0}}, crowded), 0, 0, 0);               // 2 R = 48 ms
  expect(count({{100 * ms, 149 * ms, 1, 0}}, crowded), 1, 0, 0);
}

TEST(Episodes, RunDelayIsNotTheResources) {
  // 8 workers on 2 units take turns in slices: gaps of 24 ms, nearly all of them run delay. None is an episode.
  expect(count({{100 * ms, 124 * ms, 1, 23 * ms}, {200 * ms, 224 * ms, 3, 24 * ms}}, crowded), 0, 0, 0);
  // 90 ms gap, 50 ms of it run delay: 40 ms are left.
  expect(count({{100 * ms, 190 * ms, 1, 50 * ms}}, crowded), 0, 0, 0);
  expect(count({{100 * ms, 190 * ms, 1, 40 * ms}}, crowded), 1, 0, 0);
}

TEST(Episodes, ByTheScheduler) {
  expect(count({{100 * ms, 200 * ms, 1, 95 * ms}}, crowded), 0, 0, 0);  // 4 R = 96 ms
  expect(count({{100 * ms, 200 * ms, 1, 97 * ms}}, crowded), 0, 1, 0);
  expect(count({{100 * ms, 200 * ms, 1, 97 * ms}}, {10'000, 2.0 * ms, 25.0 * ms}), 0, 0, 0);  // 4 slices = 100 ms
  EXPECT_EQ(count({{100 * ms, 200 * ms, 1, 97 * ms}}, crowded).by_resource_ns, 0u);
  // Both: the resource comes first.
  expect(count({{100 * ms, 300 * ms, 1, 100 * ms}}, crowded), 1, 0, 0);
  // Not oversubscribed and 100 F tiny, but below 1 ms nothing counts.
  expect(count({{100 * ms, 100 * ms + 900'000, 1, 800'000}}, {10, 0, 0}), 0, 0, 0);
}

TEST(Episodes, TheBracketLeavesSomePossible) {
  // 20 ms with 20 operations: gaps of 1 ms, or one of nearly 20.
  expect(count({{100 * ms, 120 * ms, 20, 0}}, alone), 0, 0, 1);
  // 5 operations: one gap of at least 4 ms for certain, which is what its time counts.
  const Episodes e = count({{100 * ms, 120 * ms, 5, 0}}, alone);
  expect(e, 1, 0, 0);
  EXPECT_EQ(e.by_resource_ns, 4u * ms);
  // 120 ms with 2 operations, 60 of them run delay: the delay may be all in one gap, or rest may fill one.
  expect(count({{100 * ms, 220 * ms, 2, 60 * ms}}, crowded), 0, 0, 1);
  // 240 ms with 3 operations, all run delay: more than 96 ms in one gap? Perhaps.
  expect(count({{100 * ms, 340 * ms, 3, 240 * ms}}, crowded), 0, 0, 1);
}

TEST(Episodes, ByWhomMayStayOpen) {
  // A gap between 200 and 300 ms with at least 100 ms of run delay: too long for chance, but the resource may have held
  // it for the other 100 ms.
  const Samples still = still_between(150 * ms, 350 * ms);
  expect(count({{100 * ms, 400 * ms, 1'000, 200 * ms}}, crowded, still), 0, 0, 1);
  expect(count({{100 * ms, 400 * ms, 1'000, 260 * ms}}, crowded, still), 0, 1, 0);
  // Long enough by its upper end only.
  expect(count({{100 * ms, 101'500'000, 2, 1'450'000}}, {10, 0, 0}), 0, 0, 1);
}

TEST(Episodes, SamplesDecideWhatStampsLeaveOpen) {
  const std::vector<Span> spans{{100 * ms, 155 * ms, 1'000, 0}};
  expect(count(spans, alone), 0, 0, 1);
  const Episodes e = count(spans, alone, still_between(110 * ms, 150 * ms));
  expect(e, 1, 0, 0);
  EXPECT_EQ(e.by_resource_ns, 40u * ms);
  // A stretch counts for the span that it lies in, not for its neighbours.
  expect(
      count({{100 * ms, 155 * ms, 1'000, 0}, {155 * ms, 158 * ms, 100, 0}}, alone, still_between(110 * ms, 150 * ms)),
      1, 0, 1);
}

TEST(Episodes, OnlyThePartOfAStretchInsideTheSpanCounts) {
  const Episodes e = count({{120 * ms, 155 * ms, 1'000, 0}}, alone, still_between(110 * ms, 150 * ms));
  EXPECT_EQ(e.by_resource_ns, 30u * ms);
}

TEST(Episodes, AreJudgedByWhatIsInsideTheWindow) {
  Episodes e = count({{-900 * ms, 100 * ms, 1, 0}}, alone);
  expect(e, 1, 0, 0);
  EXPECT_EQ(e.by_resource_ns, 100u * ms);
  expect(count({{-900 * ms, ms / 2, 1, 0}}, alone), 0, 0, 0);
  expect(count({{-900 * ms, -100 * ms, 1, 0}, {1'000 * ms, 1'500 * ms, 1, 0}}, alone), 0, 0, 0);
  // A tenth of the span is inside, and with it a tenth of its run delay: 60 of 100 ms, so 40 ms of rest.
  expect(count({{-900 * ms, 100 * ms, 1, 600 * ms}}, crowded), 0, 0, 0);
  expect(count({{-900 * ms, 100 * ms, 1, 500 * ms}}, crowded), 1, 0, 0);
  // Open to the end.
  e = count({{400 * ms, 3'000 * ms, 0, 0}}, crowded);
  expect(e, 1, 0, 0);
  EXPECT_EQ(e.by_resource_ns, 600u * ms);
}

TEST(Episodes, RunDelayIsAtMostTheSpan) {
  // The kernel books run delay when the task next runs, so a span may be charged with more than its length.
  expect(count({{100 * ms, 200 * ms, 1, 5'000 * ms}}, crowded), 0, 1, 0);
  expect(count({{100 * ms, 150 * ms, 1, 5'000 * ms}}, crowded), 0, 0, 0);
}

TEST(Episodes, NoOperationsNoFairInterval) {
  expect(count({{100 * ms, 200 * ms, 1, 0}}, {std::numeric_limits<double>::infinity(), 0, 0}), 0, 0, 0);
  expect(count({}, alone), 0, 0, 0);
}

// A contender that is watched the way a trial does: stamps after some operations, a sampler. What really happened is
// known.
class Trace : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    Random random(GetParam());
    std::vector<std::int64_t> completions;
    for (std::int64_t t = -300 * ms; t < 1'300 * ms;) {
      const bool stall = random.below(40) == 0;
      t += static_cast<std::int64_t>((stall ? 60.0 * ms : 2.0 * ms) * random.uniform()) + 1;
      completions.push_back(t);
    }
    std::int64_t stamp = -300 * ms;
    std::uint64_t since = 0;
    for (const std::int64_t t : completions) {
      ++since;
      if (random.below(3) != 0) continue;
      spans.push_back({stamp, t, since, 0});
      stamp = t;
      since = 0;
    }
    const auto done_by = [&](std::int64_t t) {
      return static_cast<std::uint64_t>(std::upper_bound(completions.begin(), completions.end(), t) -
                                        completions.begin());
    };
    for (std::int64_t t = 0; t < 1'000 * ms; t += static_cast<std::int64_t>((5 + 10 * random.uniform()) * ms)) {
      samples.at_ns.push_back(t);
    }
    samples.at_ns.push_back(1'000 * ms);
    for (const std::int64_t t : samples.at_ns) samples.operations.push_back(done_by(t) - done_by(0));
    std::int64_t last = 0;
    for (const std::int64_t t : completions) {
      if (t <= 0) continue;
      const std::int64_t end = std::min(t, 1'000 * ms);
      gaps.push_back(end - last);
      last = end;
      if (t >= 1'000 * ms) break;
    }
  }
  std::vector<Span> spans;
  Samples samples;
  std::vector<std::int64_t> gaps;  // true ones inside the window, both open ones included
};

TEST_P(Trace, TheBracketHoldsTheTruth) {
  const auto truth = static_cast<std::uint64_t>(*std::max_element(gaps.begin(), gaps.end()));
  const GapBracket stamped = gap_of(spans, samples), sampled = gap_of({}, samples);
  EXPECT_LE(stamped.lower_ns, truth);
  EXPECT_GE(stamped.upper_ns, truth);
  EXPECT_LE(sampled.lower_ns, truth);
  EXPECT_GE(sampled.upper_ns, truth);
}

TEST_P(Trace, CertainEpisodesAreReal) {
  const EpisodeThresholds limits{100'000, 0, 0};  // 100 F = 10 ms
  const auto real =
      static_cast<std::uint64_t>(std::count_if(gaps.begin(), gaps.end(), [](auto g) { return g > 10 * ms; }));
  const Episodes e = count(spans, limits, samples);
  EXPECT_LE(e.by_resource, real);
  EXPECT_TRUE(real == 0 || e.by_resource + e.possible > 0);
}

INSTANTIATE_TEST_SUITE_P(Random, Trace, testing::Range<std::uint64_t>(0, 60));

}  // namespace
}  // namespace fairground::stats
