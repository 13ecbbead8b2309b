#include <gtest/gtest.h>

#include "record/lines.hpp"
#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using samples::ms;

trial::Result result_of(const trial::Spec& spec, std::uint64_t operations) {
  trial::Result r;
  r.window_ns = 1'000 * ms;
  for (unsigned i = 0; i < spec.point.workers; ++i) r.workers.push_back(samples::worker(i, operations));
  return r;
}

json line_alone(unsigned trial, bool contended, std::uint64_t operations) {
  const trial::Spec spec = samples::spec(2, contended);
  TrialContext context;
  context.trial = trial;
  context.role = "alone";
  context.of = 3;
  return trial_line(spec, result_of(spec, operations), context);
}

// A lock at 2 x 400,000 beside a product at 2 x 300.
json line_beside(trial::Result companion) {
  trial::Spec spec = samples::spec(2, true);
  spec.companions = {samples::spec(2, false)};
  spec.point.companions.push_back({"matrix:workers=2", "matrix", json::object(), 2, false, "with", ""});
  trial::Result result = result_of(spec, 400'000);
  result.trial_cpu_ns = 900 * ms;
  result.companions.push_back(std::move(companion));
  TrialContext context;
  context.trial = 3;
  context.companions_oversubscribed = {false};
  return trial_line(spec, result, context);
}

TEST(Interference, IsBesideOverAlone) {
  const json beside = line_beside(result_of(samples::spec(2, false), 300));
  json line = beside;
  put_interference(line, beside, {line_alone(1, true, 1'000'000), line_alone(2, false, 400)});
  const json& i = line.at("interference");
  EXPECT_EQ(i.at("of"), 3);
  ASSERT_EQ(i.at("parties").size(), 2u);
  const json &lock = i.at("parties")[0], &product = i.at("parties")[1];
  EXPECT_TRUE(lock.at("companion").is_null());
  EXPECT_EQ(lock.at("workload"), "spin");
  EXPECT_EQ(lock.at("alone_trial"), 1);
  EXPECT_DOUBLE_EQ(lock.at("throughput_alone_per_s"), 2e6);
  EXPECT_DOUBLE_EQ(lock.at("throughput_beside_per_s"), 8e5);
  EXPECT_DOUBLE_EQ(lock.at("throughput_ratio"), 0.4);
  EXPECT_EQ(product.at("companion"), 0);
  EXPECT_DOUBLE_EQ(product.at("throughput_ratio"), 0.75);
  EXPECT_EQ(product.at("starved_beside"), 0);
}

TEST(Interference, OfATrialThatDidNotEndWellIsUnknownWithAReason) {
  trial::Result crashed = result_of(samples::spec(2, false), 300);
  crashed.status = "crashed";
  json beside = line_beside(crashed);
  beside["status"] = "crashed";  // as the supervisor has it
  json line = beside;
  put_interference(line, beside, {line_alone(1, true, 1'000'000), line_alone(2, false, 400)});
  for (const json& party : line.at("interference").at("parties")) EXPECT_TRUE(party.at("throughput_ratio").is_null());
  EXPECT_TRUE(line.at("null_reasons").contains("interference.parties.throughput_ratio"));
}

TEST(Interference, OfACrashedSubjectIsUnknownForItsCompanionsToo) {
  json beside = line_beside(result_of(samples::spec(2, false), 300));
  beside["status"] = "crashed";
  json line = beside;
  put_interference(line, beside, {line_alone(1, true, 1'000'000), line_alone(2, false, 400)});
  EXPECT_TRUE(line.at("interference").at("parties")[1].at("throughput_ratio").is_null());
}

TEST(TrialLine, OfCompanionsIsShapedLikeATrial) {
  const json line = line_beside(result_of(samples::spec(2, false), 300));
  EXPECT_EQ(line.at("concurrent"), 2);
  EXPECT_EQ(line.at("with"), json::array({"matrix:workers=2"}));
  const json& companion = line.at("companions").at(0);
  for (const char* key : {"workload", "parameters", "workers", "status", "per_worker", "metrics", "window_ns"})
    EXPECT_TRUE(companion.contains(key)) << key;
  EXPECT_FALSE(companion.contains("record"));
  EXPECT_TRUE(companion.at("null_reasons").contains("timeline_file")) << "its own";
  EXPECT_DOUBLE_EQ(companion.at("metrics").at("throughput_per_s"), 600);
  EXPECT_EQ(companion.at("concurrent"), 2);
}

TEST(TrialLine, ThatHasCompanyIsNotDisturbedByIt) {
  trial::Spec spec = samples::spec(2, true);
  spec.companions = {samples::spec(2, false)};
  trial::Result result = result_of(spec, 400'000);
  result.trial_cpu_ns = 1'000 * ms;
  result.environment = {{"busy_ratio", 1.0}, {"units_ns", 2'000 * ms}};
  trial::Result companion = result_of(spec.companions[0], 300);
  companion.trial_cpu_ns = 1'000 * ms;
  TrialContext context;
  context.companions_oversubscribed = {false};
  const auto busy = [&] {
    const json warnings = trial_line(spec, result, context).at("warnings");
    return std::count(warnings.begin(), warnings.end(), "machine-busy") > 0;
  };
  EXPECT_TRUE(busy()) << "nobody of the trial's took the other half";
  result.companions = {companion};
  EXPECT_FALSE(busy());
}

// Worker 0 shares its unit with two of the companion's, worker 1 is alone on its own: what that does to worker 0 shows.
TEST(Entitlement, IsAmongItsOwnWorkersWhoeverElseIsOnAUnit) {
  trial::Spec spec = samples::spec(2, true);
  spec.companions = {samples::spec(2, false)};
  spec.companions[0].places = {{0}, {0}};
  trial::Result result = result_of(spec, 100'000);
  result.workers[1].operations = 300'000;
  result.companions = {result_of(spec.companions[0], 300)};
  TrialContext context;
  context.companions_oversubscribed = {true};
  const json line = trial_line(spec, result, context);
  EXPECT_NEAR(line.at("per_worker")[0].at("entitlement_ratio"), 0.5, 1e-9);
  EXPECT_NEAR(line.at("metrics").at("minimum_share_ratio"), 0.5, 1e-9);
}

// A lock of two workers and two of a product on the same two units: two to a unit, so that a round is a slice of the
// other's, as it would be for four of the lock's own.
TEST(Crowd, IsOfAllWhoShareTheUnits) {
  trial::Spec spec = samples::spec(2, true);
  spec.places = {{0}, {1}};
  spec.companions = {samples::spec(2, false)};
  spec.companions[0].places = {{0}, {1}};
  trial::Result result = result_of(spec, 100'000);
  result.companions = {result_of(spec.companions[0], 300)};
  TrialContext context;
  context.companions_oversubscribed = {false};
  const json together = trial_line(spec, result, context);
  EXPECT_EQ(together.at("oversubscribed"), true);
  EXPECT_EQ(together.at("companions")[0].at("oversubscribed"), true);
  EXPECT_EQ(together.at("episode_thresholds").at("slice_ns"), 5 * ms);
  EXPECT_EQ(together.at("episode_thresholds").at("round_ns"), 5 * ms);
  EXPECT_EQ(together.at("episode_thresholds").at("resource_ns"), 10 * ms);
  spec.companions[0].places = {{2}, {3}};
  const json apart = trial_line(spec, result, context);
  EXPECT_EQ(apart.at("oversubscribed"), false);
  EXPECT_EQ(apart.at("episode_thresholds").at("round_ns"), 0);
}

}  // namespace
}  // namespace fairground::record
