#include "cli/stress_draws.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "cli/stress_samples_for_test.hpp"

namespace fairground::cli {
namespace {

StressPlan plan_of_sums() {
  StressPlan plan;
  plan.workloads = {sums()};
  plan.seed = 7;
  return plan;
}

TEST(StressDraws, ComeInOrderWithoutThoseThatAreFinished) {
  const StressPlan plan = plan_of_sums();
  StressDraws draws(plan, {1, 2});
  std::vector<std::uint64_t> numbers;
  for (const std::size_t n : {2u, 1u}) {
    for (const Ready& one : draws.next(n)) {
      numbers.push_back(one.k);
      EXPECT_EQ(one.info, &plan.workloads[0]);
      EXPECT_EQ(one.draw.seed, plan::draw(plan.workloads, plan.bounds, plan.seed, one.k).seed);
    }
  }
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{0, 3, 4}));
}

TEST(StressDraws, AreFoundAgainByTheirTrialsLine) {
  const StressPlan plan = plan_of_sums();
  const Draw drawn = plan::draw(plan.workloads, plan.bounds, plan.seed, 5);
  json line = {{"draw", 5}, {"workload", "sums"}, {"seed", hash_of(drawn.seed, 0, 0, 0)}};
  line["parameters"] = drawn.point.parameters;
  const std::optional<Ready> found = draw_of(plan, line);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->draw.seed, drawn.seed);
  line["seed"] = 1;
  EXPECT_FALSE(draw_of(plan, line)) << "of another run";
}

}  // namespace
}  // namespace fairground::cli
