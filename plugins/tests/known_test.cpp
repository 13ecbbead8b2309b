// The known plugins, whose own figures a measurement is held against: here, those figures are held against what the
// plugins were told to do. Only what holds on any machine, however busy: lower bounds, sums and ratios.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <numeric>

#include "mini_host.hpp"

namespace {

using namespace std::chrono_literals;
constexpr std::int64_t us = 1000, ms = 1000 * us;

struct Setting {
  const char* key;
  fg_value value;
};
fg_value number(std::int64_t value) { return {value, 0.0, nullptr}; }

mini::Outcome live(const std::string& id, const std::vector<Setting>& settings, std::uint32_t workers,
                   std::chrono::milliseconds run_for) {
  void* library = dlopen(HOSTILE_FOLDER "/known.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  const auto* plugin = static_cast<const fg_plugin*>(dlsym(library, "fairground_plugin"));
  const fg_workload* const* w = plugin->workloads;
  while ((*w)->id != id) ++w;
  mini::Host host(**w, workers);
  std::vector<fg_value> values = host.defaults();
  for (const Setting& setting : settings) values[host.parameter(setting.key)] = setting.value;
  mini::Outcome outcome = host.live(values, run_for);
  EXPECT_EQ(outcome.status, FG_OK) << outcome.phase << ": " << outcome.text;
  return outcome;
}
double sum(const std::vector<std::uint64_t>& counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

TEST(KnownRate, StatesItsOperationsAndTheirLength) {
  for (const std::int64_t by : {0, 1}) {
    const auto o = live("known-rate", {{"op", number(2 * ms)}, {"by", number(by)}}, 2, 100ms);
    EXPECT_EQ(o.counters.at(0), sum(o.counts));
    EXPECT_GE(o.counters.at(1), 2.0 * ms);
    EXPECT_GE(o.counters.at(2), o.counters.at(1)) << "the longest is not below the mean";
  }
}

TEST(KnownRate, MayBeEmpty) {
  const auto o = live("known-rate", {{"op", number(0)}}, 1, 20ms);
  EXPECT_GT(o.counts[0], 0u);
  EXPECT_EQ(o.counters.at(2), 0.0);
}

TEST(KnownChange, GoesToAndFro) {
  const auto o =
      live("known-change", {{"fast-for", number(20 * ms)}, {"slow-for", number(20 * ms)}, {"slow", number(2 * ms)}}, 2,
           400ms);
  EXPECT_EQ(o.counters.at(0) + o.counters.at(1), sum(o.counts));
  EXPECT_GT(o.counters.at(0), 0.0);
  EXPECT_GE(o.counters.at(2), 4.0) << "both workers changed, more than once";
  EXPECT_GE(o.counters.at(1), o.counters.at(2)) << "a change brings an operation";
  EXPECT_LE(o.counters.at(1), o.counters.at(0)) << "they are long";
  EXPECT_GE(o.counters.at(3), 2.0 * ms);
}

TEST(KnownStall, StallsAsOftenAsItSays) {
  const auto o =
      live("known-stall", {{"every", number(40 * ms)}, {"stall", number(10 * ms)}, {"worker", number(1)}}, 2, 200ms);
  EXPECT_GE(o.counters.at(0), 1.0);
  EXPECT_LE(o.counters.at(0), 6.0);
  EXPECT_GE(o.counters.at(2), 10.0 * ms);
  EXPECT_GE(o.counters.at(1), o.counters.at(0) * 10.0 * ms);
  EXPECT_EQ(live("known-stall", {{"every", number(100'000 * ms)}}, 1, 20ms).counters.at(0), 0.0);
}

TEST(KnownShares, FollowTheWeights) {
  const auto o = live("known-shares", {{"period", number(10 * ms)}, {"weights", {0, 0.0, "1,3"}}}, 3, 400ms);
  EXPECT_EQ(o.counters.at(0), sum(o.counts));
  if (o.counters.at(1) > 10.0 * ms) GTEST_SKIP() << "the machine is too busy for a schedule";
  const double one = static_cast<double>(o.counts[0]);
  EXPECT_GT(one, 10);
  EXPECT_NEAR(static_cast<double>(o.counts[1]), 3 * one, 6);
  EXPECT_NEAR(static_cast<double>(o.counts[2]), one, 2) << "the weights begin again";
}

TEST(KnownShares, RefusesOtherWeights) {
  for (const char* weights : {"", "0", "1,", ",1", "1,x", "1;2", "-1", "1001", "1 2"}) {
    void* library = dlopen(HOSTILE_FOLDER "/known.so", RTLD_NOW | RTLD_LOCAL);
    const auto* plugin = static_cast<const fg_plugin*>(dlsym(library, "fairground_plugin"));
    mini::Host host(*plugin->workloads[3], 1);
    std::vector<fg_value> values = host.defaults();
    values[host.parameter("weights")].text = weights;
    EXPECT_EQ(host.live(values, 1ms).status, FG_BAD_PARAMETER) << weights;
  }
}

TEST(KnownAbsent, IsAbsent) {
  const auto asking = live("known-absent", {{"worker", number(1)}}, 2, 30ms);
  EXPECT_EQ(asking.counts[1], 0u);
  EXPECT_GT(asking.counts[0], 0u);
  EXPECT_EQ(asking.counters.at(0), sum(asking.counts));
  EXPECT_EQ(asking.counters.at(1), 0.0);
  const auto blocked = live("known-absent", {{"worker", number(0)}, {"by", number(1)}}, 2, 30ms);
  EXPECT_EQ(blocked.counts[0], 0u);
  EXPECT_EQ(blocked.counters.at(1), 1.0) << "it was woken";
}

}  // namespace
