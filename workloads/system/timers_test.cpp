#include "timers.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// A clock that is 50 ms behind the timer's.
struct Slow {
  static std::int64_t now_ns() { return Monotonic::now_ns() - 50'000'000; }
};
constexpr fg_workload slow = fairground::describe<Timers<Slow>>();

TEST(Timers, AWakeUpBeforeItsTimeIsFound) {
  Job job;
  job.operations = 3;
  job.set = {{"period", 1'000'000}};
  const auto o = fairground::testing::run(slow, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("wake-ups came before their time"), std::string::npos);
}
}  // namespace
