#include "fibonacci.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
TEST(Fibonacci, BothWaysAgree) {
  const std::uint64_t first[] = {0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55};
  for (std::int64_t n = 0; n <= 10; ++n) {
    EXPECT_EQ(Recursive::of(static_cast<std::uint64_t>(n)), first[n]);
    EXPECT_EQ(iterated(n), first[n]);
  }
  EXPECT_EQ(iterated(50), 12'586'269'025u);
  EXPECT_EQ(iterated(93), 12'200'160'415'121'876'738u);
}

struct OffByOne {
  static std::uint64_t of(std::uint64_t n) { return Recursive::of(n) + 1; }
};

TEST(Fibonacci, AWrongResultIsFound) {
  static constexpr fg_workload wrong = fairground::describe<Fibonacci<OffByOne>>();
  fairground::testing::Job job;
  job.operations = 3;
  const auto o = fairground::testing::run(wrong, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "F(20) came out as 6766, not 6765");
}
}  // namespace
