// Trials that are disturbed while they run, and trials side by side.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <thread>

#include "base/affinity.hpp"
#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "trial/footprint.hpp"
#include "trial/specs_for_test.hpp"

namespace fairground::trial {
namespace {

// Nobody is pinned.
Spec long_spec(const std::string& plugin, const std::string& id, unsigned workers) {
  Spec spec = spec_for(plugin, id, {}, workers);
  spec.places.clear();
  spec.point.time_ns = 400'000'000;
  spec.point.deadline_ns = 3'000'000'000;
  return spec;
}

class Disturbed : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (under_tsan && GetParam()) GTEST_SKIP() << not_forked_under_tsan;
  }
};
INSTANTIATE_TEST_SUITE_P(ThreadsAndProcesses, Disturbed, testing::Bool(),
                         [](const auto& info) { return info.param ? "processes" : "threads"; });

// Samples in which nobody counted anything.
std::size_t still_samples(const Result& r) {
  std::size_t n = 0;
  for (std::size_t k = 0; k < r.progress.end_ns.size(); ++k) {
    const bool still = std::all_of(r.progress.operations.begin(), r.progress.operations.end(),
                                   [&](const auto& counts) { return counts[k] == 0; });
    n += still ? 1 : 0;
  }
  return n;
}

TEST_P(Disturbed, AStutterTurnsTheLoadOffAndOn) {
  Spec spec = long_spec("known", "known-rate", 2);
  spec.point.as_processes = GetParam();
  spec.point.stutter_ns = 50'000'000;
  const Result r = run(spec, {}, {});
  EXPECT_EQ(r.status, "ok") << r.reason;
  EXPECT_GE(still_samples(r), 3u) << "of some forty, twenty with the load off";
  for (const WorkerResult& w : r.workers) EXPECT_GT(w.operations, 0u);
}

TEST_P(Disturbed, AShuffleMovesWorkersAmongTheirUnits) {
  const std::vector<unsigned> units = allowed_units(0);
  if (units.size() < 2) GTEST_SKIP() << "there is one unit";
  Spec spec = long_spec("known", "known-rate", 2);
  spec.point.as_processes = GetParam();
  spec.places = {{units[0]}, {units[1]}};
  spec.shuffled_among = {units[0], units[1]};
  spec.point.shuffle_ns = 20'000'000;
  const Result r = run(spec, {}, {});
  EXPECT_EQ(r.status, "ok") << r.reason;
  EXPECT_TRUE(
      std::any_of(r.workers.begin(), r.workers.end(), [](const WorkerResult& w) { return w.units_seen.size() > 1; }));
}

// The warden of the one is killed by its plugin; whatever that left is ended, and nothing of the other trials.
TEST(SideBySide, OneWhoseWardenIsKilledHarmsNoOther) {
  become_subreaper();
  std::vector<Result> good(6), bad(6);
  std::thread killer([&] {
    for (Result& r : bad) {
      Spec spec = long_spec("hostile", "hostile", 2);
      spec.point.parameters["where"] = "run";
      spec.point.parameters["how"] = "kill-parent";
      spec.point.parameters["after"] = 20'000'000;
      r = run(spec, {}, {});
    }
  });
  for (Result& r : good) r = run(long_spec("known", "known-rate", 2), {}, {});
  killer.join();
  for (const Result& r : good) EXPECT_EQ(r.status, "ok") << r.reason;
  for (const Result& r : bad) EXPECT_EQ(r.status, "crashed") << r.reason;
}

TEST(SideBySide, WhatATrialTakesIsSeenFromItsWarden) {
  Spec spec = long_spec("known", "known-rate", 3);
  std::atomic<std::int32_t> warden{0};
  spec.warden = &warden;
  Footprint most;
  run(spec,
      [&](const Sample&) {
        const pid_t root = warden.load();
        const Footprint now = footprints({&root, 1}).front();
        most.memory_bytes = std::max(most.memory_bytes, now.memory_bytes);
        most.tasks = std::max(most.tasks, now.tasks);
      },
      {});
  EXPECT_EQ(warden.load(), 0);
  EXPECT_GE(most.tasks, 5u) << "warden, body, three workers";
  EXPECT_GT(most.memory_bytes, 1u << 20);
  EXPECT_LT(most.memory_bytes, 1u << 30);
}

}  // namespace
}  // namespace fairground::trial
