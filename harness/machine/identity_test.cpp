#include "machine/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <set>

#include "machine/root_for_test.hpp"
#include "machine/topologies_for_test.hpp"
#include "machine/virtualisation.hpp"

namespace fairground::machine {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Every null has its reason, and every reason its null.
void expect_reasons(const json& line) {
  std::set<std::string> nulls, reasons;
  for (const auto& [key, value] : line.items()) {
    if (value.is_null()) nulls.insert(key);
    if (!value.is_object() || key == "null_reasons" || key == "topology") continue;
    for (const auto& [inner, v] : value.items()) {
      if (v.is_null()) nulls.insert(std::string(key).append(".").append(inner));
    }
  }
  for (const auto& [key, reason] : line["null_reasons"].items()) {
    reasons.insert(key);
    EXPECT_FALSE(reason.get<std::string>().empty()) << key;
  }
  EXPECT_EQ(nulls, reasons);
}

Machine some_machine() { return discover(topology_file("16em64t-4s2c2t-offlines.xml")); }

TEST(Identity, OfABareMachine) {
  Root root;
  root.put("proc/cpuinfo",
           "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\nmodel name\t: Invented Xeon 1\n"
           "stepping\t: 6\nmicrocode\t: 0xd0003a5\nflags\t\t: fpu vme tsc\n\nprocessor\t: 1\nmodel name\t: Other\n");
  root.put("proc/sys/kernel/arch", "x86_64\n").put("proc/sys/kernel/hostname", "box\n");
  root.put("proc/sys/kernel/osrelease", "6.1.0-13-amd64\n").put("proc/sys/kernel/version", "#1 SMP Debian 6.1.55-1\n");
  root.put("proc/cmdline", "BOOT_IMAGE=/vmlinuz isolcpus=2,3 quiet\n").put("proc/sys/kernel/randomize_va_space", "2\n");
  root.put("proc/sys/kernel/sched_rt_runtime_us", "950000\n").put("proc/sys/kernel/numa_balancing", "1\n");
  root.put("etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  root.put("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  root.put("sys/devices/system/cpu/vulnerabilities/meltdown", "Mitigation: PTI\n");
  root.put("sys/devices/system/cpu/vulnerabilities/retbleed", "Not affected\n");
  root.put("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance\n");
  root.put("sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "powersave\n");
  root.put("sys/devices/system/cpu/cpufreq/policy2/scaling_governor", "performance\n");
  root.put("sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq", "800000\n");
  root.put("sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq", "3200000\n");
  root.put("sys/devices/system/cpu/cpufreq/policy1/scaling_max_freq", "10400000\n");
  root.put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  root.put("sys/devices/system/cpu/smt/control", "on\n").put("sys/devices/system/cpu/smt/active", "1\n");
  root.put("sys/devices/system/cpu/isolated", "2-3\n").put("sys/devices/system/cpu/nohz_full", "(null)\n");
  root.put("proc/meminfo", "MemTotal:       263786220 kB\nHugePages_Total:      16\nHugepagesize:       2048 kB\n");
  root.put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  root.put("sys/class/dmi/id/sys_vendor", "Invented Inc.\n").put("sys/class/dmi/id/product_name", "R1\n");
  root.put("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  root.put("proc/self/cgroup", "0::/user.slice\n").put("sys/fs/cgroup/user.slice/cpu.max", "300000 100000\n");

  const json line = identity(some_machine(), root.path());
  expect_reasons(line);
  const std::map<std::string, json> expected = {
      {"cpu_model", "Invented Xeon 1"},
      {"cpu_vendor", "GenuineIntel"},
      {"cpu_family", 6},
      {"cpu_model_number", 106},
      {"cpu_stepping", 6},
      {"microcode", "0xd0003a5"},
      {"architecture", "x86_64"},
      {"hostname", "box"},
      {"kernel", "6.1.0-13-amd64"},
      {"kernel_version", "#1 SMP Debian 6.1.55-1"},
      {"command_line", "BOOT_IMAGE=/vmlinuz isolcpus=2,3 quiet"},
      {"address_randomisation", 2},
      {"realtime_runtime_ns", 950'000'000},
      {"numa_balancing", 1},
      {"distribution", "Debian GNU/Linux 12 (bookworm)"},
      {"clock_source", "tsc"},
      {"mitigations", {{"meltdown", "Mitigation: PTI"}, {"retbleed", "Not affected"}}},
      {"governor", "performance + powersave"},
      {"frequency_minimum_hz", 800'000'000},
      {"frequency_maximum_hz", 10'400'000'000},
      {"turbo", false},
      {"smt", "on"},
      {"smt_active", true},
      {"isolated_units", "2-3"},
      {"tickless_units", ""},
      {"memory_bytes", 263'786'220LL * 1024},
      {"huge_pages", 16},
      {"huge_page_bytes", 2'097'152},
      {"transparent_huge_pages", "madvise"},
      {"hypervisor_flag", false},
      {"virtualisation", "none"},
      {"container", nullptr},
      {"packages", 4},
      {"nodes", 1},
      {"caches", 4},
      {"cores", 7},
      {"units", 12},
      {"quota_units", nullptr}};
  for (const auto& [key, value] : expected) EXPECT_EQ(line[key], value) << key;
  EXPECT_EQ(line["cgroup"]["cpu_quota_ns"], 300'000'000);
  EXPECT_EQ(line["cgroup"]["versions"], "2");
  EXPECT_EQ(line["dmi"]["sys_vendor"], "Invented Inc.");
  EXPECT_EQ(line["null_reasons"]["dmi.bios_date"], "not-shown");
  EXPECT_EQ(line["null_reasons"]["cgroup.memory_limit_bytes"], "no-limit");
  EXPECT_EQ(line["allowed_units"], json({0, 8, 4, 12, 1, 9, 3, 11, 7, 15, 6, 10}));
  EXPECT_EQ(line["topology"]["type"], "Machine");
  EXPECT_THAT(line["topology_xml"].get<std::string>(), HasSubstr("<topology"));
  EXPECT_THAT(line["libc"].get<std::string>(), HasSubstr("glibc 2."));
}

TEST(Identity, OfAnArmMachine) {
  Root root;
  root.put("proc/cpuinfo",
           "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n"
           "CPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n");
  root.put("proc/device-tree/hypervisor/compatible", std::string("linux,kvm\0", 10));
  root.put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  const json line = identity(some_machine(), root.path());
  expect_reasons(line);
  EXPECT_EQ(line["cpu_model"], "ARM implementer 0x41, part 0xd0c, variant 0x3, revision 1");
  EXPECT_EQ(line["cpu_vendor"], "0x41");
  EXPECT_EQ(line["virtualisation"], "kvm");
  EXPECT_EQ(line["hypervisor_flag"], nullptr);
  EXPECT_EQ(line["turbo"], true);
}

// Nothing can be read: all is null, with reasons, and nothing of the machine that runs the test gets in.
TEST(Identity, OfAnEmptyTree) {
  const Root root;
  const json line = identity(some_machine(), root.path());
  expect_reasons(line);
  for (const char* key :
       {"cpu_model", "microcode", "kernel", "architecture", "command_line", "mitigations", "governor", "turbo", "smt",
        "clock_source", "virtualisation", "cgroup", "memory_bytes", "hostname", "distribution"}) {
    EXPECT_TRUE(line[key].is_null()) << key;
    EXPECT_EQ(line["null_reasons"][key], "not-shown") << key;
  }
}

TEST(Identity, OfNonsenseIsStillJson) {
  Root root;
  root.put("proc/cmdline", "quiet \xff\xfe\x1b[31m\n").put("proc/meminfo", "MemTotal: many kB\n");
  root.put("proc/sys/kernel/numa_balancing", "yes\n").put("proc/cpuinfo", "model name\t:\n");
  const json line = identity(some_machine(), root.path());
  expect_reasons(line);
  EXPECT_NO_THROW(static_cast<void>(line.dump()));
  EXPECT_TRUE(line["memory_bytes"].is_null());
  EXPECT_TRUE(line["numa_balancing"].is_null());
  EXPECT_TRUE(line["cpu_model"].is_null());
}

TEST(Identity, TellsForbiddenFromMissing) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  Root root;
  root.put("proc/cmdline", "quiet\n");
  std::filesystem::permissions(root.path() / "proc/cmdline", std::filesystem::perms::none);
  const json line = identity(some_machine(), root.path());
  EXPECT_EQ(line["null_reasons"]["command_line"], "not-permitted");
  EXPECT_EQ(line["null_reasons"]["kernel"], "not-shown");
}

TEST(Identity, OfThisMachine) {
  const json line = identity(discover());
  expect_reasons(line);
  for (const char* key : {"kernel", "kernel_version", "architecture", "memory_bytes"})
    EXPECT_FALSE(line[key].is_null()) << key;
  EXPECT_GT(line["memory_bytes"], 0);
}

TEST(Virtualisation, IsToldFromWhatThereIs) {
  const auto kind = [](const Root& root) { return virtualisation(root.path()).kind; };
  const std::string flag = "model name\t: x\nflags\t\t: fpu hypervisor sse\n";
  EXPECT_EQ(kind(Root().put("proc/cpuinfo", flag)), "unnamed");
  EXPECT_EQ(kind(Root().put("proc/cpuinfo", flag).put("sys/class/dmi/id/sys_vendor", "QEMU\n")), "kvm");
  EXPECT_EQ(kind(Root().put("proc/cpuinfo", flag).put("sys/class/dmi/id/product_name", "VMware7,1\n")), "vmware");
  EXPECT_EQ(kind(Root().put("proc/cpuinfo", flag).put("sys/hypervisor/type", "xen\n")), "xen");
  const char* clocks = "sys/devices/system/clocksource/clocksource0/available_clocksource";
  EXPECT_EQ(kind(Root().put("proc/cpuinfo", flag).put(clocks, "tsc kvm-clock acpi_pm\n")), "kvm");
  // Bare metal that a cloud rents out has the cloud's vendor, but no flag.
  EXPECT_EQ(
      kind(Root().put("proc/cpuinfo", "x\t: y\nflags\t\t: fpu\n").put("sys/class/dmi/id/product_name", "KVM host\n")),
      "none");
}

TEST(Virtualisation, ContainersLeaveSigns) {
  const auto container = [](const Root& root) { return virtualisation(root.path()).container; };
  EXPECT_EQ(container(Root()), "");
  EXPECT_EQ(container(Root().put(".dockerenv", "")), "docker");
  EXPECT_EQ(container(Root().put("run/.containerenv", "").put(".dockerenv", "")), "podman");
  EXPECT_EQ(container(Root().put("run/systemd/container", "lxc\n")), "lxc");
  EXPECT_EQ(container(Root().put("proc/self/cgroup", "0::/kubepods/pod1\n").put(".dockerenv", "")), "kubernetes");
}

}  // namespace
}  // namespace fairground::machine
