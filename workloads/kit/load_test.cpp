#include "kit/load.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <vector>

#include "kit/lock.hpp"
#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Load;
using fairground::kit::Locked;
using fairground::kit::Picker;
using fairground::kit::Random;
using fairground::kit::Shape;
using fairground::testing::Job;
using fairground::testing::Outcome;

// Mean and standard deviation of a shape's draws, in means.
std::pair<double, double> moments(Shape::Kind kind) {
  const Shape shape(kind);
  Random random(7);
  double sum = 0.0, squares = 0.0;
  constexpr int draws = 1'000'000;
  for (int i = 0; i < draws; ++i) {
    const double x = static_cast<double>(shape.draw(1'000'000, random)) / 1e6;
    sum += x;
    squares += x * x;
  }
  return {sum / draws, std::sqrt(squares / draws - sum / draws * sum / draws)};
}

// The draws are always the same ones; the bounds are five standard errors.
TEST(Shape, KeepsItsMeanAndHasItsSpread) {
  EXPECT_EQ(moments(Shape::fixed), std::make_pair(1.0, 0.0));
  EXPECT_NEAR(moments(Shape::exponential).first, 1.0, 0.005);
  EXPECT_NEAR(moments(Shape::exponential).second, 1.0, 0.01);
  EXPECT_NEAR(moments(Shape::bimodal).first, 1.0, 0.0075);
  EXPECT_NEAR(moments(Shape::bimodal).second, 1.5, 0.015);  // sqrt(0.9 * 0.25 + 0.1 * 20.25)
}

TEST(Shape, BimodalHasTwoLengths) {
  const Shape shape(Shape::bimodal);
  Random random(7);
  std::array<int, 2> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t length = shape.draw(100, random);
    ASSERT_TRUE(length == 50 || length == 550) << length;
    ++seen[length == 550 ? 1 : 0];
  }
  EXPECT_NEAR(seen[1], 1'000, 150);
}

void expect_shares(std::uint32_t n, Picker::Kind kind, double exponent) {
  const Picker picker(n, kind);
  Random random(11);
  std::vector<double> picked(n), weight(n);
  double all = 0.0;
  for (std::uint32_t i = 0; i < n; ++i) all += weight[i] = std::pow(i + 1.0, -exponent);
  constexpr int draws = 1'000'000;
  for (int i = 0; i < draws; ++i) picked.at(picker(random)) += 1.0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const double expected = draws * weight[i] / all;
    EXPECT_NEAR(picked[i], expected, 5.0 * std::sqrt(expected)) << i << " of " << n;
  }
}

TEST(Picker, PicksInProportion) {
  for (const std::uint32_t n : {1u, 2u, 7u, 1024u}) {
    expect_shares(n, Picker::uniform, 0.0);
    expect_shares(n, Picker::zipf, Picker::exponent);
  }
}

TEST(Load, OnlyWorker0IsGreedy) {
  Load load;
  load.section_ns = 1'000;
  load.greedy = 3.0;
  load.calibrate();
  EXPECT_GT(load.section, 0u);
  EXPECT_EQ(load.section_of(0), 3 * load.section);
  EXPECT_EQ(load.section_of(1), load.section);
}

// A lock that looks who its workers are, and one of which all but the first does nothing.
std::atomic<int> nicest, realtime, made;
struct Watching {
  static constexpr fairground::kit::LockInfo info{.id = "watching", .group = "spin", .summary = "looks at its workers"};
  static constexpr fairground::Counter counters[] = {{"joined", "workers that joined"}, {"left", "workers that left"}};
  struct Local {};
  void init(fairground::Host, bool) { first = made++ == 0; }
  void join(Local&, fairground::Worker w) {
    if (w.index() % 2 != 0) {
      nicest = getpriority(PRIO_PROCESS, 0);
      realtime = sched_getscheduler(0);
    } else {
      EXPECT_EQ(getpriority(PRIO_PROCESS, 0), 0);
      EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
    }
    ++joined;
  }
  void leave(Local&) { ++left; }
  [[nodiscard]] double counter(std::size_t i) const { return i == 0 ? joined : left; }
  void lock(Local& l) { lock_for(l, INT64_MAX); }
  bool lock_for(Local&, std::int64_t ns) {
    while (first && taken.exchange(true, std::memory_order_acquire)) {
      if (ns != INT64_MAX) return false;
      sched_yield();
    }
    return true;
  }
  void unlock(Local&) { taken.store(false, std::memory_order_release); }

  bool first = true;
  std::atomic<bool> taken;
  std::atomic<int> joined, left;
};
constexpr fg_workload watching = fairground::describe<Locked<Watching>>();

Outcome watch(std::map<std::string, std::int64_t> set, unsigned workers = 2) {
  nicest = realtime = made = 0;
  Job job;
  job.workers = workers;
  job.stop_after_ms = 200;
  job.set = std::move(set);
  return fairground::testing::run(watching, job);
}

TEST(Load, OddWorkersAreNice) {
  const Outcome o = watch({{"nice", 7}});
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(nicest, 7);
  EXPECT_EQ(o.counters.at("joined"), 2.0);
  EXPECT_EQ(o.counters.at("left"), 2.0);
}

TEST(Load, OddWorkersAreRealtimeOrItSaysWhatThatNeeds) {
  const Outcome o = watch({{"realtime", 1}});
  if (o.status == FG_UNSUPPORTED) {
    EXPECT_NE(o.text.find("CAP_SYS_NICE"), std::string::npos) << o.text;
    return;
  }
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(realtime, SCHED_RR);
}

TEST(Load, EveryLockIsVerified) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  EXPECT_EQ(watch({{"section", 5'000}}, 4).status, FG_OK);
  Outcome o;  // a busy machine may take some attempts until two are inside at once
  for (int attempt = 0; attempt < 20 && o.status == FG_OK; ++attempt) o = watch({{"section", 5'000}, {"locks", 2}}, 4);
  EXPECT_EQ(o.status, FG_WRONG);
}

TEST(Load, TimeoutsAreCounted) {
  Outcome o;
  for (int attempt = 0; attempt < 20 && o.counters["given_up"] == 0.0; ++attempt) {
    o = watch({{"section", 50'000}, {"timeout", 1'000}}, 4);
    EXPECT_EQ(o.status, FG_OK) << o.text;
  }
  EXPECT_GT(o.counters.at("given_up"), 0.0);
}

TEST(Load, PausesSleep) {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  Job job;
  job.operations = 50;
  job.set = {{"pause", 1'000'000}};
  made = 0;
  EXPECT_EQ(fairground::testing::run(watching, job).status, FG_OK);
  getrusage(RUSAGE_SELF, &after);
  EXPECT_GE(after.ru_nvcsw - before.ru_nvcsw, 50);
}

TEST(Rest, SleepsAndDrawsWhereItIsToAndElseDoesNeither) {
  fg_worker raw{};
  raw.seed = 5;
  fairground::kit::Between between;
  between.outside_ns = 1'000;
  between.calibrate();
  EXPECT_TRUE(between.plain());
  between.pause_ns = 1'000'000;
  EXPECT_FALSE(between.plain());
  fairground::kit::Rest rest(between, fairground::Worker(&raw));
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (int k = 0; k < 20; ++k) rest();
  getrusage(RUSAGE_SELF, &after);
  EXPECT_GE(after.ru_nvcsw - before.ru_nvcsw, 20);

  between.distribution = Shape::bimodal;
  between.calibrate();
  Random random(7);
  for (int k = 0; k < 100; ++k) {
    const std::uint64_t length = between.length(100, random);
    EXPECT_TRUE(length == 50 || length == 550) << length;
  }
}
}  // namespace
