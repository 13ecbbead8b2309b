#include "cli/stress_end.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/stress_samples_for_test.hpp"

namespace fairground::cli {
namespace {

using testing::HasSubstr;

std::string end_text(std::initializer_list<const char*> statuses, const StressEnd& end) {
  StressTally tally;
  for (const char* status : statuses) tally.add(trial(status));
  Style narrow;
  narrow.terminal = narrow.utf8 = true, narrow.columns = 100;
  std::string text;
  for (const Line& line : stress_end_lines(tally, end, narrow)) text += line.whole() + "\n";
  return text;
}

TEST(StressEnd, SaysWhatBrokeAsItShouldAndWhatWasNeverReached) {
  StressTally tally;
  tally.add(trial("ok", {finding("wrong-result", true)}));
  tally.add(trial("ok", {finding("starvation", true)}));
  StressEnd end;
  end.workloads = 3;
  std::string text;
  for (const Line& line : stress_end_lines(tally, end, Style{})) text += line.whole() + "\n";
  EXPECT_THAT(text, HasSubstr("2 trials, 0 failed, 1 trial broke an invariant, as they are there to do."));
  EXPECT_THAT(text, testing::Not(HasSubstr("every invariant held")));
  EXPECT_THAT(text, HasSubstr("not reached: 2 of 3 workloads"));
}

TEST(StressEnd, SaysThatAllHeldOnlyWhereMostRan) {
  EXPECT_THAT(end_text({"ok", "ok", "unsupported"}, {}), HasSubstr("every invariant held"));
  const std::string refused = end_text({"ok", "unsupported", "unsupported"}, {});
  EXPECT_THAT(refused, testing::Not(HasSubstr("held")));
  EXPECT_THAT(refused, HasSubstr("3 trials, 0 failed, 2 unsupported: most could not be run"));
  EXPECT_THAT(end_text({"unsupported"}, {}), HasSubstr("Nothing could run"));
  StressEnd end;
  end.ended_late = 2;
  end.not_looked_into = {"draw 7 sums x4: failed: why"};
  const std::string cut = end_text({"failed"}, end);
  EXPECT_THAT(cut, HasSubstr("cut short: 2 trials"));
  EXPECT_THAT(cut, HasSubstr("not looked into"));
  EXPECT_THAT(cut, HasSubstr("draw 7 sums x4"));
  end.reproductions = {{1, 1, "fairground run sums" + std::string(200, '-') + "end", 2, 3, "sums: failed: why"}};
  EXPECT_THAT(end_text({"failed"}, end), HasSubstr("-end")) << "it is there to be copied";
}

}  // namespace
}  // namespace fairground::cli
