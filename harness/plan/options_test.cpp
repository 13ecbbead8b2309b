#include "plan/options.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::pair<std::string, std::string>>;

RunOptions given(const Words& words) {
  RunOptions options;
  for (const auto& [option, text] : words) give(options, option, text);
  return options;
}
std::vector<Point> points_of(const Words& words) { return expand(given(words), sample_workloads()); }
std::string refusal(const Words& words) {
  return sentence_of([&] { points_of(words); });
}
std::vector<std::string> ids(const std::vector<Point>& points) {
  std::vector<std::string> result;
  result.reserve(points.size());
  for (const Point& p : points) result.push_back(p.workload);
  return result;
}

TEST(Expand, FillsEveryDefault) {
  const std::vector<Point> points = points_of({{"workload", "pool"}});
  ASSERT_EQ(points.size(), 1u);
  const Point& p = points.front();
  EXPECT_EQ(p.parameters, json::parse(R"({"slots": 4, "block": 4096, "hold": 100, "reads": 0.5, "direct": false,
                                          "wait": "spin", "title": "none"})"));
  EXPECT_EQ(p.workers, 1u);
  EXPECT_EQ(p.pin, "compact");
  EXPECT_EQ(p.probes, "edges");
  EXPECT_EQ(p.time_ns, 1'000'000'000u);
  EXPECT_EQ(p.unsupported, "");
}

// Waits are sampled, too, unless the level is given: of whoever contends with somebody.
TEST(Expand, SamplesWaitsWhereWorkersContend) {
  std::vector<WorkloadInfo> all = sample_workloads();
  WorkloadInfo& pool = *std::find_if(all.begin(), all.end(), [](const WorkloadInfo& w) { return w.id == "pool"; });
  const auto levels = [&](const Words& words) {
    std::string text;
    for (const Point& p : expand(given(words), all)) text += fmt::format("{}:{} ", p.workers, p.probes);
    return text;
  };
  pool.capabilities = {};
  EXPECT_EQ(levels({{"workload", "pool"}, {"workers", "1,2"}}), "1:edges 2:edges ");
  pool.capabilities = {"contended"};
  EXPECT_EQ(levels({{"workload", "pool"}, {"workers", "1,2"}}), "1:edges 2:edges 2:sampled ");
  EXPECT_EQ(levels({{"workload", "pool"}, {"workers", "1,2"}, {"probes", "full"}}), "1:full 2:full ");
}

TEST(Expand, SpansEveryCombinationOnce) {
  const std::vector<Point> points = points_of({{"workload", "pool"},
                                               {"set", "hold=0,1us,2us"},
                                               {"set", "slots=1,2"},
                                               {"workers", "1,2,4,8"},
                                               {"as", "threads,processes"},
                                               {"pin", "compact,none"},
                                               {"time", "10ms,20ms"},
                                               {"warmup", "0,1ms"},
                                               {"deadline", "1s,2s"},
                                               {"stutter", "0,5ms"},
                                               {"shuffle", "0,1ms,2ms"}});
  ASSERT_EQ(points.size(), 3u * 2 * 4 * 2 * 2 * 2 * 2 * 2 * 2 * 3);
  std::set<std::string> different;
  for (const Point& p : points) {
    different.insert(json{p.parameters, p.workers, p.as_processes, p.pin, p.time_ns, p.warmup_ns, p.deadline_ns,
                          p.stutter_ns, p.shuffle_ns}
                         .dump());
  }
  EXPECT_EQ(different.size(), points.size());
  EXPECT_EQ(points[0].deadline_ns, 1'000'000'000u);
  EXPECT_EQ(points[6].deadline_ns, 2'000'000'000u);
  EXPECT_EQ(points[1].shuffle_ns, 1'000'000u);
  EXPECT_EQ(points[3].stutter_ns, 5'000'000u);
  EXPECT_EQ(points[0].warmup_ns, 0u);
  EXPECT_EQ(points.back().workers, 8u);
  EXPECT_EQ(points.back().parameters.at("slots"), 2);
}

TEST(Expand, ATeamIsNotShuffled) {
  std::vector<WorkloadInfo> all = sample_workloads();
  const auto point = [&] { return expand(given({{"workload", "pool"}, {"shuffle", "5ms"}}), all).front(); };
  EXPECT_EQ(point().unsupported, "");
  all[0].kind = "team";
  EXPECT_THAT(point().unsupported, HasSubstr("pool places its workers itself"));
}

TEST(Expand, ResolvesIdsBeforeFamiliesEachOnce) {
  EXPECT_THAT(ids(points_of({{"workload", "storage"}})), ElementsAre("pool", "empty"));
  EXPECT_THAT(ids(points_of({{"workload", "empty"}, {"workload", "storage"}, {"workload", "turn"}})),
              ElementsAre("empty", "pool", "turn"));
  std::vector<WorkloadInfo> all = sample_workloads();
  all[2].id = "storage";
  EXPECT_THAT(ids(expand(given({{"workload", "storage"}}), all)), ElementsAre("storage"));
}

TEST(Expand, SetsAParameterWhereAWorkloadHasIt) {
  const std::vector<Point> points = points_of({{"workload", "storage"}, {"set", "slots=8,9"}, {"set", "hold=7us"}});
  ASSERT_THAT(ids(points), ElementsAre("pool", "pool", "empty"));
  EXPECT_EQ(points[1].parameters.at("slots"), 9);
  EXPECT_EQ(points[2].parameters, json::parse(R"({"hold": 7000})"));
}

TEST(Expand, MarksWhatCantRunAsProcesses) {
  const std::vector<Point> points =
      points_of({{"workload", "storage"}, {"as", "threads,processes"}, {"set", "wait=spin,condition"}});
  ASSERT_EQ(points.size(), 6u);
  EXPECT_EQ(points[0].unsupported, "");
  EXPECT_EQ(points[1].unsupported, "");
  EXPECT_EQ(points[2].unsupported, "");
  EXPECT_EQ(points[3].unsupported,
            "pool with wait=condition works between threads only; spin or futex between processes too");
  EXPECT_EQ(points[4].unsupported, "");
  EXPECT_EQ(points[5].unsupported, "empty works between threads only, not between processes");
}

TEST(Expand, NamesTheNearest) {
  EXPECT_EQ(refusal({{"workload", "pol"}}),
            "There is no workload or family 'pol': did you mean pool? `fairground list` shows all.");
  EXPECT_THAT(refusal({{"workload", "storag"}}), HasSubstr("did you mean storage?"));
  EXPECT_EQ(refusal({{"workload", "xyzzy"}}), "There is no workload or family 'xyzzy': `fairground list` shows all.");
  EXPECT_EQ(refusal({{"workload", "pool"}, {"set", "slot=1"}}),
            "pool has no parameter 'slot': did you mean slots? `fairground describe pool` shows what there is.");
  EXPECT_EQ(refusal({{"workload", "turn"}, {"set", "slot=1"}}),
            "turn has no parameter 'slot': it takes no parameters.");
  EXPECT_THAT(refusal({{"workload", "storage"}, {"set", "slats=1"}}),
              AllOf(HasSubstr("none of the workloads named has a parameter 'slats'"), HasSubstr("slots")));
  EXPECT_THAT(refusal({}), HasSubstr("No workload is named"));
}

TEST(Expand, RefusesValuesWithTheirRange) {
  EXPECT_EQ(refusal({{"workload", "pool"}, {"workers", "0"}}), "--workers: 0 is out of range; choose 1 to 65536.");
  EXPECT_EQ(refusal({{"workload", "pool"}, {"workers", "1,100000"}}),
            "--workers: 100000 is out of range; choose 1 to 65536.");
  EXPECT_EQ(points_of({{"workload", "pool"}, {"workers", "65536"}}).front().workers, 65'536u);
  EXPECT_THAT(refusal({{"workload", "pool"}, {"workers", "1,,2"}}), HasSubstr("--workers: ''"));
  EXPECT_EQ(refusal({{"workload", "pool"}, {"set", "slots=1,65"}}),
            "--set slots of pool: 65 is out of range; choose 1 to 64.");
  EXPECT_THAT(refusal({{"workload", "pool"}, {"as", "thread"}}),
              HasSubstr("--as: 'thread' is no choice; did you mean threads?"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"time", "5"}}), HasSubstr("--time: '5' is no duration"));
  EXPECT_EQ(refusal({{"workload", "pool"}, {"time", "0"}}), "--time: 0ns is out of range; choose 1ms to 24h.");
  EXPECT_THAT(refusal({{"workload", "pool"}, {"warmup", "2h"}}), HasSubstr("--warmup: 2h is out of range"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"deadline", "1ms"}}), HasSubstr("--deadline: 1ms is out of range"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"stutter", "1us"}}), HasSubstr("--stutter: 1us is out of range"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"shuffle", "2h"}}), HasSubstr("--shuffle: 2h is out of range"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"pin", "compcat"}}), HasSubstr("compcat"));
}

TEST(Expand, KnowsTheLevelsOfProbes) {
  EXPECT_THAT(refusal({{"workload", "pool"}, {"probes", "edge"}}), HasSubstr("did you mean edges?"));
}

TEST(Expand, BoundsTheNumberOfPoints) {
  std::string many = "1";
  for (int i = 2; i <= 60'000; ++i) many += ",1";
  EXPECT_THAT(refusal({{"workload", "pool"}, {"workers", many}, {"time", "1s,2s"}}), HasSubstr("more than 100000"));
  EXPECT_THAT(refusal({{"workload", "pool"}, {"set", "slots=" + many}, {"set", "block=512,1024"}}),
              HasSubstr("more than 100000"));
  EXPECT_THAT(refusal({{"workload", "storage"}, {"workers", many}}), HasSubstr("more than 100000"));
}

TEST(Give, RefusesWhatIsNoOption) {
  RunOptions options;
  EXPECT_THAT(sentence_of([&] { give(options, "set", "hold"); }), HasSubstr("--set section=100ns"));
  EXPECT_THAT(sentence_of([&] { give(options, "set", "=1"); }), HasSubstr("'=1'"));
  give(options, "set", "hold=1us");
  EXPECT_THAT(sentence_of([&] { give(options, "set", "hold=2us"); }), HasSubstr("set twice"));
  EXPECT_THAT(sentence_of([&] { give(options, "colour", "1"); }), HasSubstr("no such option"));
  EXPECT_THAT(sentence_of([&] { give(options, "trials", "0"); }), HasSubstr("--trials: 0 is out of range"));
  EXPECT_THAT(sentence_of([&] { give(options, "seed", "-1"); }), HasSubstr("no seed"));
  EXPECT_THAT(sentence_of([&] { give(options, "seed", ""); }), HasSubstr("no seed"));
  EXPECT_THAT(sentence_of([&] { give(options, "seed", "18446744073709551616"); }), HasSubstr("no seed"));
  give(options, "seed", "18446744073709551615");
  EXPECT_EQ(options.seed, UINT64_MAX);
  give(options, "trials", "20");
  EXPECT_EQ(options.trials, 20u);
}

TEST(Overridden, ReplacesTrialsAndSeedIfTheyAreGiven) {
  const RunOptions base = given({{"trials", "3"}, {"seed", "7"}});
  EXPECT_EQ(overridden(base, {}).trials, 3u);
  EXPECT_EQ(overridden(base, {}).seed, 7u);
  EXPECT_EQ(overridden(base, given({{"trials", "9"}})).trials, 9u);
  EXPECT_EQ(overridden(base, given({{"seed", "8"}})).seed, 8u);
}

TEST(Overridden, ReplacesOnlyWhatIsGiven) {
  RunOptions base = given({{"workload", "pool"}, {"workers", "1,2"}, {"set", "hold=1us"}, {"set", "slots=3"}});
  const RunOptions both = overridden(base, given({{"workers", "4"}, {"set", "slots=5"}, {"set", "block=512"}}));
  const std::vector<Point> points = expand(both, sample_workloads());
  ASSERT_EQ(points.size(), 1u);
  EXPECT_EQ(points[0].workers, 4u);
  EXPECT_EQ(points[0].parameters.at("hold"), 1000);
  EXPECT_EQ(points[0].parameters.at("slots"), 5);
  EXPECT_EQ(points[0].parameters.at("block"), 512);
}

TEST(Find, NamesTheNearest) {
  const std::vector<WorkloadInfo> all = sample_workloads();
  EXPECT_EQ(find(all, "turn").id, "turn");
  EXPECT_EQ(sentence_of([&] { find(all, "trun"); }),
            "There is no workload 'trun': did you mean turn? `fairground list` shows all.");
}

}  // namespace
}  // namespace fairground::plan
