#include "context_switch.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

struct OffByOne {
  static std::uint64_t answer(std::uint64_t number) { return number == 10 ? number : number + 1; }
};
constexpr fg_workload off = fairground::describe<ContextSwitch<OffByOne>>();

TEST(ContextSwitch, AWrongNumberIsFound) {
  Job job;
  job.operations = 20;
  const auto o = fairground::testing::run(off, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "1 numbers did not come back as agreed");
}

// Two threads on one unit: each round trip is two switches, and one of them the worker's.
TEST(ContextSwitch, EachRoundTripGivesTheUnitAway) {
  Job job;
  job.operations = 1'000;
  job.units = {{static_cast<std::uint32_t>(::sched_getcpu())}};
  const auto o = fairground::testing::run(fairground_workload_context_switch, job);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GE(o.counters.at("switches_per_operation"), 0.99);
}
}  // namespace
