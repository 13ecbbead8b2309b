#include "kit/busy.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace {
using fairground::kit::Busy;

TEST(Busy, StepsAreProportionalAndRounded) {
  const Busy busy(0.75);
  EXPECT_EQ(busy.steps(0), 0u);
  EXPECT_EQ(busy.steps(1), 1u);  // 0.75
  EXPECT_EQ(busy.steps(2), 2u);  // 1.5
  EXPECT_EQ(busy.steps(100), 75u);
  EXPECT_EQ(busy.steps(1'000'000'000), 750'000'000u);
}

// A loose bound on one side: what was calibrated as 20 ms must not be nothing (unrolled, dropped, folded).
TEST(Busy, WorkTakesTime) {
  const Busy busy = Busy::calibrate();
  ASSERT_GT(busy.steps_per_ns(), 0.0);
  timespec begin{}, end{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
  fairground::kit::work(busy.steps(20'000'000));
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
  EXPECT_GT((end.tv_sec - begin.tv_sec) * 1'000'000'000 + (end.tv_nsec - begin.tv_nsec), 4'000'000);
}
}  // namespace
