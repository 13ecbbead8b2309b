// That the verification of c_lock.h can fail. c_lock_broken_test.c has the lock that doesn't do what it should.
#include <gtest/gtest.h>

#include "kit/testing/host.hpp"
#include "kit/tsan.h"

extern "C" const fg_workload fairground_workload_c_lock_broken;

namespace {
fairground::testing::Outcome run(unsigned workers, std::map<std::string, std::int64_t> set) {
  fairground::testing::Job job;
  job.workers = workers;
  job.stop_after_ms = 300;
  job.set = std::move(set);
  return fairground::testing::run(fairground_workload_c_lock_broken, job);
}

TEST(CLock, NoLockAtAllIsFound) {
#ifdef KIT_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  for (const std::int64_t check : {0, 1})
    for (const std::int64_t writers : {0, 1, 4}) {
      const auto o = run(4, {{"section", 2'000}, {"check", check}, {"writers", writers}});
      EXPECT_EQ(o.status, FG_WRONG) << "check=" << check << " writers=" << writers;
      EXPECT_EQ(o.where, "verify");
    }
}

TEST(CLock, WithNobodyElseThereItIsRight) {
  const auto o = run(1, {{"check", 1}});
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GT(o.counters.at("section_steps"), 0.0);
  EXPECT_GT(o.counters.at("reads"), 0.0);
  EXPECT_LT(o.counters.at("reads"), static_cast<double>(o.operations()));
}

TEST(CLock, LengthsAndMemoryAreAsAsked) {
  for (const std::int64_t distribution : {0, 1, 2}) {
    const auto o = run(1, {{"check", 1}, {"distribution", distribution}, {"memory", 1000}, {"pause", 1000}});
    EXPECT_EQ(o.status, FG_OK) << o.text;
    EXPECT_GT(o.operations(), 0u);
  }
#ifndef KIT_TSAN
  const auto o = run(4, {{"section", 2'000}, {"memory", 64}, {"writers", 4}});
  EXPECT_EQ(o.status, FG_WRONG) << "no lock at all";
#endif
}

TEST(CLock, OddWorkersAreRealtimeOrItSaysWhatThatNeeds) {
  const auto o = run(1, {{"nice", 5}, {"realtime", 1}});
  EXPECT_EQ(o.status, FG_OK) << "worker 0 is as it was: " << o.text;
}

TEST(CLock, MoreWritersThanWorkersAreRefused) {
  const auto o = run(2, {{"writers", 3}});
  EXPECT_EQ(o.status, FG_BAD_PARAMETER);
}
}  // namespace
