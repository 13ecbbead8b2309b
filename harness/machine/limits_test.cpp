#include "machine/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "machine/root_for_test.hpp"

namespace fairground::machine {
namespace {

constexpr ProcessLimits unbound{UINT64_MAX, UINT64_MAX, false, 0};

void put_free(Root& root, const char* kib) {
  root.put("proc/meminfo", std::string("MemTotal:  8000000 kB\nMemFree:   100 kB\nMemAvailable:   ") + kib + " kB\n");
  root.put("proc/sys/kernel/threads-max", "1000\n").put("proc/sys/kernel/pid_max", "4194304\n");
}

void put_cgroup(Root& root, const std::string& group) {
  root.put("proc/self/mountinfo", "30 24 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root.put("proc/self/cgroup", "0::" + group + "\n");
}

TEST(Limits, WhatIsFreeHoldsWithoutGroups) {
  Root root;
  put_free(root, "2048");
  const Limits l = limits("/", root.path(), unbound);
  EXPECT_EQ(l.memory_bytes.value, 2048u * 1024);
  EXPECT_EQ(l.memory_bytes.by, "what is free");
  EXPECT_EQ(l.processes.value, 1000u);
  EXPECT_GT(l.disk_bytes.value, 0u);
}

TEST(Limits, TheTightestGroupHoldsLessWhatItUses) {
  Root root;
  put_free(root, "2048");
  put_cgroup(root, "/outer/inner");
  root.put("sys/fs/cgroup/outer/memory.max", "1048576\n").put("sys/fs/cgroup/outer/memory.current", "48576\n");
  root.put("sys/fs/cgroup/outer/inner/memory.max", "max\n").put("sys/fs/cgroup/outer/inner/memory.current", "40000\n");
  root.put("sys/fs/cgroup/outer/pids.max", "100\n").put("sys/fs/cgroup/outer/pids.current", "90\n");
  const Limits l = limits("/", root.path(), unbound);
  EXPECT_EQ(l.memory_bytes.value, 1'000'000u);
  EXPECT_EQ(l.memory_bytes.by, "the cgroup's memory limit");
  EXPECT_EQ(l.processes.value, 10u);
  EXPECT_EQ(l.processes.by, "the cgroup's pids.max");
}

TEST(Limits, PagesOfFilesNotUsedLatelyAreFreeAndHighIsALimit) {
  Root root;
  put_free(root, "2048");
  put_cgroup(root, "/inner");
  root.put("sys/fs/cgroup/inner/memory.max", "1000000\n").put("sys/fs/cgroup/inner/memory.current", "900000\n");
  root.put("sys/fs/cgroup/inner/memory.stat", "anon 100000\nfile 700000\ninactive_file 600000\n");
  EXPECT_EQ(limits("/", root.path(), unbound).memory_bytes.value, 700'000u);
  root.put("sys/fs/cgroup/inner/memory.high", "500000\n");
  EXPECT_EQ(limits("/", root.path(), unbound).memory_bytes.value, 200'000u);
}

TEST(Limits, AUsersProcessesAreThoseNotStartedYet) {
  Root root;
  put_free(root, "2048");
  EXPECT_EQ(limits("/", root.path(), {256, 70, true, 50}).processes.value, 20u);
  EXPECT_EQ(limits("/", root.path(), {256, 70, true, 90}).processes.value, 0u);
  EXPECT_EQ(limits("/", root.path(), {256, 70, true, 50}).processes.by, "ulimit -u");
  EXPECT_EQ(limits("/", root.path(), {256, 70, false, 50}).processes.value, 1000u);
  EXPECT_EQ(limits("/", root.path(), {256, 70, true, 50}).descriptors.value, 256u);
}

TEST(Limits, AFolderThatIsNotYetThereIsThatOfItsParent) {
  Root root;
  put_free(root, "2048");
  EXPECT_EQ(limits("/tmp", root.path(), unbound).disk_bytes.value > 0,
            limits("/tmp/not/yet/there", root.path(), unbound).disk_bytes.value > 0);
}

std::string refused(const char* text) {
  try {
    share_of({1'000'000, "what is free"}, text, "--memory");
    return "";
  } catch (const UserError& error) {
    return error.what();
  }
}

TEST(Limits, AShareIsOfWhatIsLeftAndNeverMore) {
  EXPECT_EQ(share_of({1'000'000, "what is free"}, "40%", "--memory").value, 400'000u);
  EXPECT_EQ(share_of({1'000'000, "what is free"}, "100%", "--memory").value, 1'000'000u);
  EXPECT_EQ(share_of({1'000'000, "what is free"}, "4KiB", "--memory").value, 4096u);
  using testing::HasSubstr;
  EXPECT_THAT(refused("200%"), HasSubstr("--memory: '200%' is no share of what is free"));
  EXPECT_THAT(refused("0%"), HasSubstr("more than 0%"));
  EXPECT_THAT(refused("0"), HasSubstr("--memory"));
  EXPECT_THAT(refused("-5%"), HasSubstr("--memory"));
  EXPECT_THAT(refused("2GiB"), HasSubstr("is more than the"));
  EXPECT_THAT(refused("lots"), HasSubstr("--memory"));
  EXPECT_THAT(refused("%"), HasSubstr("--memory"));
}

}  // namespace
}  // namespace fairground::machine
