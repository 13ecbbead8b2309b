#include "plan/companion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Companion parse(const std::string& text, unsigned workers = 3) {
  return companion({text, ""}, workers, sample_workloads());
}
std::string refusal(const std::string& text) {
  return sentence_of([&] { parse(text); });
}

TEST(Companion, HasDefaultsForAllThatIsNotSaid) {
  const Companion c = parse("pool");
  EXPECT_EQ(c.text, "pool");
  EXPECT_EQ(c.workload, "pool");
  EXPECT_EQ(c.workers, 3u) << "as many as the one it is beside";
  EXPECT_EQ(c.pin, "with");
  EXPECT_FALSE(c.as_processes);
  EXPECT_EQ(c.parameters.at("slots"), 4);
}

TEST(Companion, TakesKeysInAnyOrder) {
  const Companion c = parse("pool:hold=2us,pin=units:0+2-3,workers=2,as=processes,slots=8,wait=futex");
  EXPECT_EQ(c.workers, 2u);
  EXPECT_EQ(c.pin, "units:0+2-3");
  EXPECT_TRUE(c.as_processes);
  EXPECT_EQ(c.parameters.at("slots"), 8);
  EXPECT_EQ(c.parameters.at("hold"), 2'000);
  EXPECT_EQ(c.unsupported, "");
}

TEST(Companion, ThatNeedsProcessesAndCantSaysSo) {
  EXPECT_THAT(parse("pool:as=processes,wait=condition").unsupported, HasSubstr("between threads only"));
}

TEST(Companion, RefusesInOneSentenceThatNamesIt) {
  EXPECT_THAT(refusal("pol"), AllOf(StartsWith("--with 'pol': "), HasSubstr("did you mean pool?")));
  EXPECT_THAT(refusal("storage"), HasSubstr("There is no workload 'storage'"));
  EXPECT_THAT(refusal(""), HasSubstr("There is no workload ''"));
  EXPECT_THAT(refusal("pool:workers"), HasSubstr("'workers' is no KEY=VALUE"));
  EXPECT_THAT(refusal("pool:=3"), HasSubstr("is no KEY=VALUE"));
  EXPECT_THAT(refusal("pool:slots="), HasSubstr("is no KEY=VALUE"));
  EXPECT_THAT(refusal("pool:slots=1,slots=2"), HasSubstr("given twice"));
  EXPECT_THAT(refusal("pool:slots=65"), HasSubstr("slots of pool"));
  EXPECT_THAT(refusal("pool:slot=1"), HasSubstr("did you mean slots?"));
  EXPECT_THAT(refusal("pool:workers=0"), HasSubstr("out of range"));
  EXPECT_THAT(refusal("pool:pin=wth"), HasSubstr("did you mean with?"));
  EXPECT_THAT(refusal("pool:pin=node:x"), HasSubstr("after node:"));
}

TEST(Companion, InASuiteIsNamedByItsPlace) {
  EXPECT_THAT(sentence_of([] {
                companion({"pol", "s.toml:4:13"}, 1, sample_workloads());
              }),
              StartsWith("s.toml:4:13: companion 'pol': "));
}

TEST(Companions, StandBesideEveryPointAndAreNoSweep) {
  RunOptions options;
  give(options, "workload", "pool,turn");
  give(options, "workers", "1,2");
  give(options, "with", "empty:hold=5us,workers=4");
  give(options, "with", "turn");
  const std::vector<Point> points = expand(options, sample_workloads());
  ASSERT_EQ(points.size(), 4u);
  for (const Point& p : points) {
    ASSERT_EQ(p.companions.size(), 2u);
    EXPECT_EQ(p.companions[0].workers, 4u);
    EXPECT_EQ(p.companions[1].workers, p.workers);
    EXPECT_EQ(p.probes, "edges");
  }
  EXPECT_NE(key_without_probes(points[0]), key_without_probes(alone(points[0])));
}

TEST(Companions, AloneAreAPointOfTheirOwn) {
  RunOptions options;
  give(options, "workload", "pool");
  give(options, "time", "70ms");
  give(options, "with", "empty:hold=5us,workers=4");
  const Point point = expand(options, sample_workloads()).front();
  const Point c = alone(point.companions[0], point);
  EXPECT_EQ(c.workload, "empty");
  EXPECT_EQ(c.workers, 4u);
  EXPECT_EQ(c.time_ns, 70'000'000u);
  EXPECT_TRUE(c.companions.empty());
  EXPECT_EQ(c.parameters.at("hold"), 5'000);
}

}  // namespace
}  // namespace fairground::plan
