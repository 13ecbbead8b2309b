#include "trial/environment.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/files.hpp"

namespace fairground::trial {
namespace {

// A made-up proc and sys.
class EnvironmentTest : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& text) {
    const auto file = folder_.path() / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  Environment read() { return Environment::read(folder_.path()); }

 private:
  PrivateFolder folder_{"environment-test"};
};

TEST_F(EnvironmentTest, NothingShownIsNullWithAReason) {
  const Environment before = read();
  const nlohmann::json e = read().since(before);
  for (const auto& [key, value] : e.items()) {
    if (key == "null_reasons") continue;
    EXPECT_TRUE(value.is_null()) << key;
    EXPECT_EQ(e.at("null_reasons").at(key), "not-shown") << key;
  }
  EXPECT_EQ(e.at("null_reasons").size(), 14u);
}

TEST_F(EnvironmentTest, StealIsAShareOfAllTicks) {
  put("proc/stat", "cpu  100 0 100 700 50 10 20 20 5 5\ncpu0 1 2 3\n");
  const Environment before = read();
  put("proc/stat", "cpu  150 0 120 710 50 10 20 40 55 5\ncpu0 1 2 3\n");
  const nlohmann::json e = read().since(before);
  EXPECT_EQ(e.at("steal_ns"), 20 * (1'000'000'000 / sysconf(_SC_CLK_TCK)));
  EXPECT_DOUBLE_EQ(e.at("steal_ratio"), 0.2);  // 20 of 50 + 20 + 10 + 20; guest time is in user time already
  EXPECT_DOUBLE_EQ(e.at("busy_ratio"), 0.7);   // 70 of them; what is stolen is nobody's here
}

TEST_F(EnvironmentTest, AKernelWithoutStealShowsNone) {
  put("proc/stat", "cpu  100 0 100 700\n");
  const Environment before = read();
  EXPECT_TRUE(read().since(before).at("steal_ns").is_null());
}

TEST_F(EnvironmentTest, PressureIsSomeNotFull) {
  put("proc/pressure/cpu",
      "some avg10=0.00 avg60=0.05 avg300=0.19 total=8000\nfull avg10=0.0 avg60=0 avg300=0 total=7\n");
  const Environment before = read();
  put("proc/pressure/cpu",
      "some avg10=0.00 avg60=0.05 avg300=0.19 total=8250\nfull avg10=0.0 avg60=0 avg300=0 total=9\n");
  const nlohmann::json e = read().since(before);
  EXPECT_EQ(e.at("pressure_some_ns"), 250'000);
  EXPECT_GT(e.at("pressure_some_ratio"), 0.0);
}

TEST_F(EnvironmentTest, FrequencyOfCpufreqComesBeforeCpuinfo) {
  put("proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2600.500\n\nprocessor\t: 1\ncpu MHz\t\t: 2600.500\n");
  const Environment before = read();
  nlohmann::json e = read().since(before);
  EXPECT_EQ(e.at("frequency_source"), "cpuinfo");
  EXPECT_EQ(e.at("frequency_hz"), 2'600'500'000);
  put("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "1000000\n");
  put("sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq", "3000000\n");
  put("sys/devices/system/cpu/cpufreq/scaling_cur_freq", "9\n");  // not a unit
  e = read().since(before);
  EXPECT_EQ(e.at("frequency_source"), "cpufreq");
  EXPECT_EQ(e.at("frequency_hz"), 2'000'000'000);
  EXPECT_EQ(e.at("frequency_minimum_hz"), 1'000'000'000);
  EXPECT_EQ(e.at("frequency_maximum_hz"), 3'000'000'000);
}

TEST_F(EnvironmentTest, HeatIsTheHottestSensibleZoneAndThrottlingItsGrowth) {
  put("sys/class/thermal/thermal_zone0/temp", "45500\n");
  put("sys/class/thermal/thermal_zone1/temp", "61000\n");
  put("sys/class/thermal/thermal_zone2/temp", "-274000\n");
  put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3\n");
  const Environment before = read();
  put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "5\n");
  const nlohmann::json e = read().since(before);
  EXPECT_DOUBLE_EQ(e.at("temperature_celsius"), 61.0);
  EXPECT_EQ(e.at("throttle_events"), 2);
}

TEST_F(EnvironmentTest, ACounterThatWentBackwardsIsUnknown) {
  put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "5\n");
  const Environment before = read();
  put("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "4\n");
  EXPECT_TRUE(read().since(before).at("throttle_events").is_null());
}

TEST(Environment, ThisMachineShowsItsLoad) {
  const Environment before = Environment::read();
  const nlohmann::json e = before.since();
  EXPECT_TRUE(e.at("load_average_after").is_number());
  EXPECT_TRUE(e.at("steal_ns").is_number());
}

}  // namespace
}  // namespace fairground::trial
