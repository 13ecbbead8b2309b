// That busted is caught, each time: side by side, taking turns on one unit, and as processes.
#include "busted.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

void expect_caught(Job job) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  job.stop_after_ms = 500;
  for (int time = 0; time < 3; ++time) {
    const auto o = fairground::testing::run(fairground_workload_busted, job);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_EQ(o.where, "verify");
  }
}

TEST(Busted, IsCaughtWithTwoThreads) { expect_caught({.workers = 2}); }
TEST(Busted, IsCaughtWithEightThreads) { expect_caught({.workers = 8}); }
TEST(Busted, IsCaughtWithProcesses) { expect_caught({.workers = 2, .as_processes = true}); }

TEST(Busted, IsExpectedToBe) {
  EXPECT_EQ(fairground_workload_busted.expects, FG_EXPECTS(FG_WRONG_RESULT) | FG_EXPECTS(FG_STARVATION));
  EXPECT_EQ(fairground_workload_busted.promises_fairness, 0u);
}
}  // namespace
