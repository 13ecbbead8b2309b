#include "record/want_of_unit.hpp"

#include <gtest/gtest.h>

#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using samples::ms;

// A promise is about who asks, and who hardly had a unit hardly asked.
TEST(WantOfUnit, AStarvedWorkerThatHadNoUnitIsNoFindingAgainstTheResource) {
  trial::Spec spec = samples::spec(2, true);
  spec.workload.expects.clear();
  spec.workload.promises_fairness = true;
  trial::Result r = samples::result({995'001, 4'999});
  const auto expected = [&] { return trial_line(spec, r, {}).at("findings").at(0).at("expected").get<bool>(); };
  r.workers[0].user_ns = r.window_ns / 2;
  r.workers[1].user_ns = r.workers[1].system_ns = 0;
  r.workers[1].run_delay_ns = r.window_ns / 2 - ms;
  EXPECT_FALSE(expected());
  r.workers[1].run_delay_ns = r.window_ns / 2 + ms;
  EXPECT_TRUE(expected());
  r.workers[1].run_delay_ns = r.window_ns / 4 + ms;
  EXPECT_FALSE(expected());
  r.paused_ns = r.window_ns / 2;
  EXPECT_TRUE(expected()) << "it was to work for half of the window";
  r.workers[1].user_ns = r.window_ns / 4;
  EXPECT_FALSE(expected()) << "it ran as others do, and was passed over";
  // All that it lacks it lacks in gaps that are the scheduler's.
  r.workers[1].run_delay_ns = r.window_ns * 97 / 100;
  for (const std::uint64_t at : {5u, 500u}) samples::add_gap(r.workers[1], at, 490, 1, 489);
  EXPECT_TRUE(expected());
  r.workers[1].gaps.back().run_delay_ns = 100 * ms;
  EXPECT_FALSE(expected()) << "390 ms of one are the resource's";
  r.workers[1].run_delay_ns.reset();
  EXPECT_FALSE(expected());
}

}  // namespace
}  // namespace fairground::record
