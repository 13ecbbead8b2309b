#include "kit/team.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <tbb/parallel_for.h>

#include <array>
#include <atomic>

#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Team;

std::vector<std::uint32_t> allowed_units() {
  cpu_set_t set;
  sched_getaffinity(0, sizeof set, &set);
  std::vector<std::uint32_t> units;
  for (std::uint32_t u = 0; u < CPU_SETSIZE; ++u)
    if (CPU_ISSET(u, &set)) units.push_back(u);
  return units;
}

constexpr std::size_t slots = 6;
std::array<std::atomic<std::uint64_t>, slots> done;
std::atomic<std::uint64_t> misplaced, callers_mask_changed;

// Short bodies in a team, each looking at the unit it is on.
struct Placed {
  static constexpr fairground::Description description{.id = "placed",
                                                       .family = "tests",
                                                       .summary = "a team of the tests",
                                                       .invariant = "none: the test looks itself",
                                                       .kind = FG_TEAM};
  fairground::Host host;
  void run(fairground::Worker w) {
    cpu_set_t before, after;
    sched_getaffinity(0, sizeof before, &before);
    {
      Team team(host);
      team.execute([&] {
        while (w.go()) {
          tbb::parallel_for(0, 400, [&](int) {
            for (int i = 0; i < 3'000; ++i) asm volatile("");
            const std::uint32_t slot = Team::slot();
            ++done.at(slot);
            const fg_place& place = host.place(slot);
            if (place.unit_count != 0 && static_cast<std::uint32_t>(sched_getcpu()) != place.units[0]) ++misplaced;
          });
          w.count();
        }
      });
    }
    sched_getaffinity(0, sizeof after, &after);
    if (!CPU_EQUAL(&before, &after)) ++callers_mask_changed;
  }
};

fairground::testing::Outcome run(const std::vector<std::vector<std::uint32_t>>& units) {
  static constexpr fg_workload workload = fairground::describe<Placed>();
  for (auto& d : done) d = 0;
  misplaced = callers_mask_changed = 0;
  fairground::testing::Job job;
  job.workers = slots;
  job.operations = 20;
  job.units = units;
  return fairground::testing::run(workload, job);
}

// Also where there are more slots than units.
TEST(Team, EachSlotRunsOnItsPlaceOnly) {
  const auto units = allowed_units();
  std::vector<std::vector<std::uint32_t>> places;
  for (std::size_t i = 0; i < slots; ++i) places.push_back({units[i % units.size()]});
  const auto o = run(places);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  std::uint64_t all = 0, used = 0;
  for (const auto& d : done) {
    all += d;
    used += d != 0 ? 1 : 0;
  }
  EXPECT_EQ(all, 20u * 400u);
  EXPECT_GT(used, 1u);
  EXPECT_EQ(misplaced, 0u);
  EXPECT_EQ(callers_mask_changed, 0u);
}

TEST(Team, APlaceThatDoesNotExistIsAnError) {
  const auto o = run({{CPU_SETSIZE - 1}});
  EXPECT_EQ(o.status, FG_INTERNAL);
  EXPECT_EQ(o.text, "a thread of the team could not be pinned to its place");
}
}  // namespace
