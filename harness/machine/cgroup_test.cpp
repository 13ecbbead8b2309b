#include "machine/cgroup.hpp"

#include <gtest/gtest.h>

#include "machine/root_for_test.hpp"

namespace fairground::machine {
namespace {

constexpr const char* v2_mount = "31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(Cgroup, NoneWithoutProc) {
  const Root root;
  const CgroupLimits limits = cgroup_limits(root.path());
  EXPECT_FALSE(limits.version_1 || limits.version_2 || limits.cpus() || limits.memory_limit_bytes || limits.cpuset);
}

TEST(Cgroup, Version2TakesTheTightestLevel) {
  Root root;
  root.put("proc/self/mountinfo", v2_mount).put("proc/self/cgroup", "0::/jobs/one\n");
  root.put("sys/fs/cgroup/jobs/cpu.max", "150000 100000\n").put("sys/fs/cgroup/jobs/one/cpu.max", "400000 200000\n");
  root.put("sys/fs/cgroup/jobs/memory.max", "max\n").put("sys/fs/cgroup/jobs/one/memory.max", "1073741824\n");
  root.put("sys/fs/cgroup/jobs/cpuset.cpus.effective", "0-7\n")
      .put("sys/fs/cgroup/jobs/one/cpuset.cpus.effective", "2-3\n");
  const CgroupLimits limits = cgroup_limits(root.path());
  EXPECT_TRUE(limits.version_2);
  EXPECT_FALSE(limits.version_1);
  EXPECT_EQ(limits.cpus(), 1.5);
  EXPECT_EQ(limits.cpu_quota_ns, 150'000'000U);
  EXPECT_EQ(limits.cpu_period_ns, 100'000'000U);
  EXPECT_EQ(limits.memory_limit_bytes, 1'073'741'824U);
  EXPECT_EQ(limits.cpuset, "2-3");
}

TEST(Cgroup, Version2WithoutLimits) {
  Root root;
  root.put("proc/self/mountinfo", v2_mount).put("proc/self/cgroup", "0::/\n");
  root.put("sys/fs/cgroup/cpu.max", "max 100000\n").put("sys/fs/cgroup/memory.max", "max\n");
  const CgroupLimits limits = cgroup_limits(root.path());
  EXPECT_TRUE(limits.version_2);
  EXPECT_FALSE(limits.cpus() || limits.memory_limit_bytes);
}

// Controllers lie in hierarchies of their own; a container sees its own group at the top of the mount.
TEST(Cgroup, Version1InAContainer) {
  Root root;
  root.put("proc/self/mountinfo",
           "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n"
           "34 31 0:31 /docker/abc /sys/fs/cgroup/with\\040space ro - cgroup cgroup rw,memory\n"
           "35 31 0:32 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset\n"
           "36 31 0:33 / /proc rw - proc proc rw\n"
           "no mount at all\n");
  root.put("proc/self/cgroup",
           "3:cpuset:/docker/abc\n2:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n9:name=systemd:/\nnonsense\n");
  root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
  root.put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  root.put("sys/fs/cgroup/with space/memory.limit_in_bytes", "9223372036854771712\n");
  root.put("sys/fs/cgroup/cpuset/docker/abc/cpuset.cpus", "0,4-5\n");
  const CgroupLimits limits = cgroup_limits(root.path());
  EXPECT_TRUE(limits.version_1);
  EXPECT_FALSE(limits.version_2);
  EXPECT_EQ(limits.cpus(), 0.5);
  EXPECT_FALSE(limits.memory_limit_bytes);
  EXPECT_EQ(limits.cpuset, "0,4-5");
}

TEST(Cgroup, Version1WithoutAQuota) {
  Root root;
  root.put("proc/self/mountinfo", "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n");
  root.put("proc/self/cgroup", "1:cpu:/a\n");
  root.put("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n").put("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(cgroup_limits(root.path()).cpus());
}

// Its own group is above what its namespace shows: what is mounted at the top is all that can be known.
TEST(Cgroup, OutsideOfItsNamespace) {
  Root root;
  root.put("proc/self/mountinfo", v2_mount).put("proc/self/cgroup", "0::/../../other\n");
  root.put("sys/fs/cgroup/cpu.max", "200000 100000\n").put("sys/other/cpu.max", "1 100000\n");
  EXPECT_EQ(cgroup_limits(root.path()).cpus(), 2.0);
}

}  // namespace
}  // namespace fairground::machine
