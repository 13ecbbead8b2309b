#include "plan/draw.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "plan/options.hpp"
#include "plan/parameter.hpp"
#include "plan/sample_workloads.hpp"
#include "plan/shrink.hpp"

namespace fairground::plan {
namespace {

using testing::HasSubstr;

DrawBounds wide() {
  DrawBounds b;
  b.workers = 16;
  b.pins = {"compact", "scatter", "none"};
  return b;
}

std::string shown(const Draw& d) {
  return nlohmann::json{d.point.workload,     d.point.parameters, d.point.workers,
                        d.point.as_processes, d.point.pin,        d.point.time_ns,
                        d.point.warmup_ns,    d.point.probes,     d.seed,
                        d.point.stutter_ns,   d.point.shuffle_ns, d.held_back,
                        d.point.deadline_ns}
      .dump();
}

TEST(Draw, FollowsFromSeedAndNumberAlone) {
  const auto workloads = sample_workloads();
  std::set<std::string> seen;
  for (std::uint64_t k = 0; k < 300; ++k) {
    const Draw one = draw(workloads, wide(), 7, k);
    EXPECT_EQ(shown(one), shown(draw(workloads, wide(), 7, k)));
    seen.insert(shown(one));
  }
  EXPECT_EQ(seen.size(), 300u);
  EXPECT_NE(shown(draw(workloads, wide(), 7, 5)), shown(draw(workloads, wide(), 8, 5)));
  const Draw first = draw(workloads, wide(), 7, 5, 0), second = draw(workloads, wide(), 7, 5, 1);
  EXPECT_EQ(first.point.workload, second.point.workload);
  EXPECT_NE(shown(first), shown(second));
}

TEST(Draw, EachDeckHasEachWorkloadOnce) {
  const auto workloads = sample_workloads();
  std::set<std::string> orders;
  for (std::uint64_t deck = 0; deck < 50; ++deck) {
    std::set<std::string> ids;
    std::string order;
    for (std::uint64_t i = 0; i < workloads.size(); ++i) {
      ids.insert(draw(workloads, wide(), 1, deck * workloads.size() + i).point.workload);
      order += draw(workloads, wide(), 1, deck * workloads.size() + i).point.workload + " ";
    }
    EXPECT_EQ(ids.size(), workloads.size());
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 6u) << "all orders of three come up in fifty decks";
}

TEST(Draw, ReachesTheEndsAndDefaultsAndStaysWithinTheSchema) {
  const auto workloads = sample_workloads();
  std::map<std::string, std::set<nlohmann::json>> values;
  std::set<unsigned> workers;
  std::set<bool> as, stutter, shuffle;
  for (std::uint64_t k = 0; k < 12'000; ++k) {
    const Draw d = draw(workloads, wide(), 3, k);
    const WorkloadInfo& w = find(workloads, d.point.workload);
    EXPECT_EQ(d.point.parameters.size(), w.parameters.size());
    for (const ParameterInfo& p : w.parameters) {
      const auto& value = d.point.parameters.at(p.key);
      EXPECT_EQ(parse_value(p, value, p.key), value);
      EXPECT_EQ(parse_value(p, format_value(p, value), p.key), value) << "as a command line would have it";
      if (w.id == "pool") values[p.key].insert(value);
    }
    if (w.id != "pool") continue;
    EXPECT_GE(d.point.time_ns, wide().least_time_ns);
    EXPECT_LE(d.point.time_ns, wide().most_time_ns);
    EXPECT_TRUE(!d.point.as_processes || why_no_processes(w, d.point.parameters).empty());
    workers.insert(d.point.workers);
    as.insert(d.point.as_processes), stutter.insert(d.point.stutter_ns > 0), shuffle.insert(d.point.shuffle_ns > 0);
  }
  for (const ParameterInfo& p : find(workloads, "pool").parameters) {
    EXPECT_TRUE(values[p.key].contains(p.default_value)) << p.key;
    if (!is_number(p.type)) continue;
    EXPECT_EQ(values[p.key].begin()->get<double>(), p.minimum) << p.key;
    EXPECT_EQ(values[p.key].rbegin()->get<double>(), p.maximum) << p.key;
    EXPECT_GT(values[p.key].size(), 20u) << p.key;
  }
  EXPECT_EQ(values["wait"].size(), 3u);
  EXPECT_EQ(values["direct"].size(), 2u);
  EXPECT_EQ(*workers.begin(), 1u);
  EXPECT_EQ(*workers.rbegin(), 16u);
  EXPECT_EQ(as.size() + stutter.size() + shuffle.size(), 6u);
}

TEST(Draw, KeepsToTheBoundsAndSaysWhichHeld) {
  auto workloads = sample_workloads();
  workloads.resize(1);
  workloads[0].parameters.push_back(sample_parameter("clients", ParameterType::integer, 2, 1, 1000));
  workloads[0].parameters.back().unit = "connections";
  DrawBounds tight = wide();
  tight.memory_bytes = 64 * 1024;
  tight.descriptors = 200;
  std::set<std::string> held;
  for (std::uint64_t k = 0; k < 2'000; ++k) {
    const Draw d = draw(workloads, tight, 3, k);
    const auto block = d.point.parameters.at("block").get<std::uint64_t>();
    EXPECT_LE(block * d.point.workers, tight.memory_bytes);
    EXPECT_LE((2 * d.point.parameters.at("clients").get<std::uint64_t>() + 3) * d.point.workers + 64, tight.descriptors)
        << "both ends of each, and what a worker has open itself";
    held.insert(d.held_back.begin(), d.held_back.end());
  }
  EXPECT_EQ(held, (std::set<std::string>{"memory", "descriptors"}));
  workloads[0].capabilities.push_back("files");
  tight.memory_bytes = 0;
  tight.disk_bytes = 1024;
  for (std::uint64_t k = 0; k < 200; ++k) {
    const Draw d = draw(workloads, tight, 3, k);
    EXPECT_LE(d.point.parameters.at("block").get<std::uint64_t>() * d.point.workers, tight.disk_bytes);
  }
}

TEST(Draw, EachDoublingIsAsLikely) {
  const auto workloads = sample_workloads();
  unsigned first = 0, all = 0;
  double doublings = 0;
  for (std::uint64_t k = 0; k < 3'000; ++k, ++all) {
    const double over = static_cast<double>(draw(workloads, wide(), 4, k).point.time_ns) / wide().least_time_ns;
    doublings += std::log2(over);
    first += over < 2 ? 1 : 0;
  }
  EXPECT_NEAR(first / static_cast<double>(all), 1 / std::log2(10), 0.04) << "of 50 to 500 ms";
  EXPECT_NEAR(doublings / all, std::log2(10) / 2, 0.1);
}

TEST(Draw, OneNumberAloneIsFarFromItsDefault) {
  const auto workloads = sample_workloads();
  for (std::uint64_t k = 0; k < 3'000; ++k) {
    const Draw d = draw(workloads, wide(), 9, k);
    const auto far = [&](const char* key, double most) {
      return d.point.parameters.contains(key) && d.point.parameters.at(key).get<double>() > most ? 1 : 0;
    };
    EXPECT_LE(far("slots", 40) + far("block", 65'536) + far("hold", 100'000), 1);
  }
}

TEST(Draw, TheLineSaysWhatIsNotTheDefault) {
  const auto workloads = sample_workloads();
  Draw d = draw(workloads, wide(), 1, 0);
  d.point.workload = "pool";
  d.point.parameters = nlohmann::json::object();
  d.point.parameters = workloads[0].defaults();
  d.point.parameters["hold"] = 1'500'000;
  d.point.parameters["title"] = "it's";
  d.point.workers = 3, d.point.as_processes = true, d.point.pin = "scatter";
  d.point.time_ns = 50'000'000, d.point.warmup_ns = 10'000'000, d.point.deadline_ns = 10'000'000'000;
  d.point.stutter_ns = 0, d.point.shuffle_ns = 7'000'000;
  d.seed = 42;
  EXPECT_EQ(run_line(d, workloads[0], {"/a b.so"}),
            "fairground run pool --set hold=1500us --set 'title=it'\\''s' --workers 3 --as processes --pin scatter "
            "--time 50ms --warmup 10ms --shuffle 7ms --seed 42 --trials 3 --plugin '/a b.so'");
}

// A draw that fails by this rule, and what is left of it.
Draw shrunk(const Fails& fails, unsigned most = 200) {
  const auto workloads = sample_workloads();
  for (std::uint64_t k = 0;; ++k) {
    const Draw d = draw(workloads, wide(), 5, k);
    if (d.point.workload == "pool" && d.point.workers > 8 && d.point.stutter_ns > 0 && d.point.shuffle_ns > 0 &&
        fails(d))
      return shrink(d, workloads[0], fails, most);
  }
}

TEST(Shrink, LeavesNothingWhereEverythingFails) {
  const Draw d = shrunk([](const Draw&) { return true; });
  EXPECT_EQ(d.point.workers, 1u);
  EXPECT_EQ(d.point.time_ns, 20'000'000u);
  EXPECT_EQ(d.point.stutter_ns + d.point.shuffle_ns, 0u);
  EXPECT_FALSE(d.point.as_processes);
  EXPECT_EQ(d.point.pin, "compact");
  const auto workloads = sample_workloads();
  for (const ParameterInfo& p : workloads[0].parameters)
    EXPECT_EQ(d.point.parameters.at(p.key), p.default_value) << p.key;
}

TEST(Shrink, KeepsWhatTheFailureNeeds) {
  const Draw d = shrunk([](const Draw& x) {
    return x.point.workers >= 3 && x.point.parameters.at("direct") == true &&
           x.point.parameters.at("wait") == "futex" && x.point.stutter_ns > 0;
  });
  EXPECT_EQ(d.point.workers, 3u);
  EXPECT_EQ(d.point.parameters.at("direct"), true);
  EXPECT_EQ(d.point.parameters.at("wait"), "futex");
  EXPECT_GT(d.point.stutter_ns, 0u);
  EXPECT_EQ(d.point.shuffle_ns, 0u);
  EXPECT_EQ(d.point.parameters.at("hold"), 100);
  EXPECT_EQ(d.point.time_ns, 20'000'000u);
}

TEST(Shrink, NeverAsksForProcessesWhereThereCanBeNone) {
  shrunk([](const Draw& x) {
    EXPECT_TRUE(!x.point.as_processes || x.point.parameters.at("wait") != "condition");
    return x.point.as_processes;
  });
}

TEST(Shrink, AsksNoMoreThanItMay) {
  unsigned asked = 0;
  bool shrinking = false;
  shrunk(
      [&](const Draw&) {
        if (shrinking) ++asked;
        shrinking = true;
        return true;
      },
      4);
  EXPECT_LE(asked, 4u + 40u);
}

}  // namespace
}  // namespace fairground::plan
