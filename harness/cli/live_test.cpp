#include "cli/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace fairground::cli {
namespace {

using testing::HasSubstr;

Style wide(unsigned columns = 100, unsigned rows = 40) {
  Style style;
  style.terminal = true;
  style.utf8 = true;
  style.columns = columns;
  style.rows = rows;
  return style;
}

trial::Sample sample(std::size_t contenders) {
  trial::Sample s;
  s.phase = "measure";
  s.elapsed_ns = 2'000'000'000;
  s.total_ns = 10'000'000'000;
  for (std::size_t i = 0; i < contenders; ++i)
    s.contenders.push_back({{static_cast<unsigned>(i % 2)}, 2000, 3'000'000, 0});
  return s;
}

std::string without_escapes(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      out += text[i];
      continue;
    }
    while (i < text.size() && text[i] != 'm') ++i;
  }
  return out;
}

std::string all(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) out += without_escapes(line.render()) + "\n";
  return out;
}

LiveView view(std::size_t contenders) {
  LiveView v;
  v.block = 3;
  v.blocks = 10;
  v.trial = 30;
  v.trials = 70;
  v.label = "spin";
  v.group = "spin";
  v.done_ratio = 0.44;
  v.left_ns = 432'000'000'000;
  v.sample = sample(contenders);
  return v;
}

TEST(Live, ShowsBlockTimeLeftAndEachWorker) {
  const Style style = wide();
  const std::string text = all(live_lines(view(4), style));
  EXPECT_THAT(text, HasSubstr("block 4 of 10"));
  EXPECT_THAT(text, HasSubstr("44 %   7 min 12 s left"));
  EXPECT_THAT(text, HasSubstr("trial 31 of 70   spin   measuring, 2.0 of 10.0 s"));
  EXPECT_THAT(text, HasSubstr("w0    PU 0    ━━━━━━━━━━━━━━│"));
  EXPECT_THAT(text, HasSubstr("1.00    1.0 k/s      3 ms"));
  EXPECT_THAT(text, HasSubstr("throughput 4.00 k/s"));
}

TEST(Live, SaysInWordsWhoStandsStill) {
  LiveView v = view(4);
  v.sample.contenders[2].standing_ns = 412'000'000;
  const Style style = wide();
  EXPECT_THAT(all(live_lines(v, style)), HasSubstr("412 ms  ◂ nothing for 412 ms"));
}

TEST(Live, FitsIntoTheTerminal) {
  LiveView v = view(64);
  v.label = "a-workload-with-a-very-long-name critical=100ns outside=1us";
  for (auto& c : v.sample.contenders) c.standing_ns = 412'000'000;
  for (const unsigned columns : {20u, 40u, 80u, 100u}) {
    const Style style = wide(columns, 24);
    const std::vector<Line> lines = live_lines(v, style);
    EXPECT_LT(lines.size(), 24u);
    for (const Line& line : lines) EXPECT_LE(width_of(without_escapes(line.render())), columns);
  }
}

TEST(Live, ShowsSixteenRowsAtMostAndTheWorstOfTheOthers) {
  LiveView v = view(64);
  v.sample.contenders[37].operations = 20;
  v.sample.contenders[37].standing_ns = 900'000'000;
  const Style style = wide();
  const std::string text = all(live_lines(v, style));
  EXPECT_THAT(text, HasSubstr("…and 49 more, the least of them w37 with 0.01 of its share, nothing for 900 ms"));
  EXPECT_THAT(text, HasSubstr("w14 "));
  EXPECT_THAT(text, testing::Not(HasSubstr("w15 ")));
}

TEST(Live, SharesAreToWhatPlacementGives) {
  trial::Sample s = sample(3);  // units 0, 1, 0: who is alone on unit 1 is entitled to half
  s.contenders[0].operations = 250;
  s.contenders[1].operations = 500;
  s.contenders[2].operations = 250;
  for (const double share : live_shares(s)) EXPECT_NEAR(share, 1.0, 1e-9);
}

TEST(Live, HasNoShareBeforeTheFirstOperation) {
  trial::Sample s = sample(2);
  for (auto& c : s.contenders) c.operations = 0;
  for (const double share : live_shares(s)) EXPECT_TRUE(std::isnan(share));
  LiveView v = view(2);
  v.sample = s;
  const Style style = wide();
  EXPECT_THAT(all(live_lines(v, style)), HasSubstr("minimum share -"));
}

TEST(Live, SaysStartingBeforeTheFirstSample) {
  LiveView v = view(0);
  const Style style = wide();
  EXPECT_THAT(all(live_lines(v, style)), HasSubstr("spin   starting"));
}

}  // namespace
}  // namespace fairground::cli
