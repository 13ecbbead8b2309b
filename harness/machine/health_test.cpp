#include "machine/health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "machine/root_for_test.hpp"

namespace fairground::machine {
namespace {

using testing::ElementsAre;

TEST(Health, CountsWhatTheKernelCounts) {
  Root root;
  root.put("proc/vmstat", "nr_free_pages 17\noom_kill 3\npgfault 9\n");
  root.put("proc/interrupts",
           "  CPU0 CPU1\n  0: 5 6 timer\nMCE:    1    2   Machine check exceptions\nMCP: 9 9 polls\n");
  root.put("sys/devices/system/edac/mc/mc0/ce_count", "4\n").put("sys/devices/system/edac/mc/mc0/ue_count", "1\n");
  const HealthCounters h = HealthCounters::read(root.path());
  EXPECT_EQ(h.oom_kills, 3u);
  EXPECT_EQ(h.machine_checks, 8u);
}

TEST(Health, WhatIsNotShownIsUnknownNotZero) {
  const Root root;
  const HealthCounters h = HealthCounters::read(root.path());
  EXPECT_FALSE(h.oom_kills);
  EXPECT_FALSE(h.machine_checks);
  EXPECT_FALSE(growth(h.oom_kills, 5));
  EXPECT_EQ(growth(3, 5), 2u);
  EXPECT_FALSE(KernelLog(root.path()).readable());
}

TEST(Health, TheLogTellsWarningsFromNowOn) {
  Root root;
  root.put("dev/kmsg", "3,1,100,-;an old error\n");
  KernelLog log(root.path());
  ASSERT_TRUE(log.readable());
  EXPECT_THAT(log.news(), ElementsAre());
  std::ofstream(root.path() / "dev/kmsg", std::ios::app)
      << "6,2,200,-;just information\n4,3,300,-;a warning\n SUBSYSTEM=pci\n10,4,400,-;critical, of another facility\n";
  EXPECT_THAT(log.news(), ElementsAre("a warning", "critical, of another facility"));
  EXPECT_THAT(log.news(), ElementsAre());
}

}  // namespace
}  // namespace fairground::machine
