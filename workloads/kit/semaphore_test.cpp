// That the verification of semaphore.hpp can fail: semaphores that lose, make or hand out too much.
#include "kit/semaphore.hpp"

#include <gtest/gtest.h>
#include <semaphore.h>

#include <algorithm>
#include <string>

#include "kit/posix_semaphore.hpp"
#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Permitted;
using fairground::testing::Job;
using fairground::testing::Outcome;

// sem_t that can be told to start with more permits, and to lose or double the first release.
template <int Extra, int FirstRelease>
struct Odd {
  static constexpr fairground::kit::SemaphoreInfo info{.id = "odd", .summary = "a semaphore of the tests"};
  void init(const fairground::kit::SemaphoreStart& start) { sem_init(&s, 0, start.permits + Extra); }
  void acquire() { sem_wait(&s); }
  bool acquire_within(std::int64_t ns) { return fairground::kit::posix_acquire_within(&s, ns); }
  void release() {
    const int times = __atomic_exchange_n(&released, true, __ATOMIC_RELAXED) ? 1 : FirstRelease;
    for (int i = 0; i < times; ++i) sem_post(&s);
  }
  void destroy() { sem_destroy(&s); }
  sem_t s;
  bool released;
};

template <class S>
Outcome run(unsigned workers, std::int64_t permits, bool check) {
  static constexpr fg_workload workload = fairground::describe<Permitted<S>>();
  Job job;
  job.workers = workers;
  job.operations = 3'000;
  job.set = {{"section", 2'000}, {"outside", 0}, {"permits", permits}, {"check", check ? 1 : 0}};
  return fairground::testing::run(workload, job);
}

TEST(Semaphore, ARightOnePasses) {
  for (const bool check : {false, true})
    for (const std::int64_t permits : {1, 2, 3, 100}) {
      const Outcome o = run<Odd<0, 1>>(4, permits, check);
      EXPECT_EQ(o.status, FG_OK) << o.text;
      EXPECT_LE(o.counters.at("most_inside"), static_cast<double>(std::min<std::int64_t>(permits, 4)));
    }
}

TEST(Semaphore, OneTooManyInsideIsFound) {
  for (const bool check : {false, true}) {
    Outcome o = run<Odd<1, 1>>(4, 2, check);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_EQ(o.text, "3 were inside at once with 2 permits");
    o = run<Odd<1, 1>>(4, 1, check);
    EXPECT_EQ(o.status, FG_WRONG);
#ifndef FAIRGROUND_TSAN  // there the race in it is found first
    EXPECT_EQ(o.text, "somebody was inside with another, with 1 permit");
#endif
  }
}

TEST(Semaphore, OneMadeIsFoundThoughNeverUsed) {
  const Outcome o = run<Odd<0, 2>>(1, 2, false);  // alone, nobody is ever too many
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "there are more permits than the 2");
}

TEST(Semaphore, OneLostIsFound) {
  const Outcome o = run<Odd<0, 0>>(2, 2, false);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "only 1 of 2 permits are left");
}

// Memory that is touched inside, of several semaphores, counts all who were there.
TEST(Semaphore, OneOfSeveralIsTakenAndItsMemoryCountsAll) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Odd<0, 1>>>();
  for (const std::int64_t permits : {1, 3})
    for (const std::int64_t choice : {0, 1}) {
      Job job;
      job.workers = 6;
      job.operations = 3'000;
      job.set = {{"section", 500}, {"outside", 0},       {"check", 1},      {"memory", 1 << 10},
                 {"locks", 5},     {"permits", permits}, {"choice", choice}};
      const Outcome o = fairground::testing::run(workload, job);
      EXPECT_EQ(o.status, FG_OK) << o.text;
      EXPECT_LE(o.counters.at("most_inside"), static_cast<double>(permits));
      EXPECT_GE(o.counters.at("most_inside"), 1.0);
    }
}

TEST(Semaphore, OneMadeIsFoundAmongSeveral) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Odd<0, 2>>>();
  Job job;
  job.operations = 3'000;
  job.set = {{"permits", 2}, {"locks", 3}};
  EXPECT_EQ(fairground::testing::run(workload, job).text, "there are more permits than the 2");
}

TEST(Admitted, MemoryThatLostAHolderIsFound) {
  for (const bool alone : {true, false}) {
    fairground::kit::Slot slots[2] = {};
    std::uint64_t memory[3] = {};
    fairground::kit::Admitted admitted{};
    admitted.slots = slots;
    admitted.free.fill(slots, 2);
    admitted.memory = memory;
    fg_worker raw{};
    fairground::kit::Tally mine{};
    for (int k = 0; k < 4; ++k) admitted.hold({0, 3, alone, true}, fairground::Worker(&raw), mine);
    admitted.resource.acquisitions = 4;
    EXPECT_EQ(admitted.lost_words(3), 0u);
    memory[1] -= 1;
    EXPECT_EQ(admitted.lost_words(3), 1u);
    EXPECT_EQ(mine.stale + mine.intruded, 0u);
  }
}

TEST(Admitted, OneWithoutASlotIsFound) {
  fairground::kit::Admitted admitted{};  // nobody may be inside
  fg_worker raw{};
  fairground::kit::Tally mine{};
  admitted.hold({0, 0, true, true}, fairground::Worker(&raw), mine);
  EXPECT_EQ(mine.stale, 1u);
}

// Whoever looks over and over, or for a while, gives up now and then, and loses or makes no permit.
TEST(Semaphore, GivingUpIsCounted) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Odd<0, 1>>>();
  for (const auto& [how, value] : {std::pair<const char*, std::int64_t>{"try", 1}, {"timeout", 1'000}}) {
    Job job;
    job.workers = 4;
    job.operations = 3'000;
    job.set = {{"section", 20'000}, {"outside", 0}, {"check", 1}, {"distribution", 2}, {"greedy", 2}, {how, value}};
    const Outcome o = fairground::testing::run(workload, job);
    EXPECT_EQ(o.status, FG_OK) << how << o.text;
    EXPECT_GT(o.counters.at("given_up"), 0.0) << how;
  }
}

TEST(Semaphore, OneWayOfGivingUpAtATimeAndOnlyWhereAllTakeFromOne) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Odd<0, 1>>>();
  for (const auto& set : {Job{.set = {{"try", 1}, {"timeout", 1'000}}}, Job{.set = {{"try", 1}, {"use", 1}}},
                          Job{.set = {{"timeout", 1'000}, {"use", 2}}}})
    EXPECT_EQ(fairground::testing::run(workload, set).status, FG_BAD_PARAMETER);
}

template <class S>
Outcome relay(const char* use, unsigned workers, bool until_stopped = false) {
  static constexpr fg_workload workload = fairground::describe<Permitted<S>>();
  Job job;
  job.workers = workers;
  if (until_stopped)
    job.stop_after_ms = 50;
  else
    job.operations = 1'000;
  job.set = {{"section", 0}, {"outside", 0}, {"check", 1}, {"memory", 64}, {"use", use == std::string("ring") ? 1 : 2}};
  return fairground::testing::run(workload, job);
}

TEST(Relay, ARightOnePasses) {
  for (const char* use : {"ring", "signal"})
    for (const unsigned workers : {1u, 2u, 3u, 9u})
      for (const bool until_stopped : {false, true}) {
        const Outcome o = relay<Odd<0, 1>>(use, workers, until_stopped);
        EXPECT_EQ(o.status, FG_OK) << use << workers << o.text;
        const auto [least, most] = std::minmax_element(o.counts.begin(), o.counts.end());
        EXPECT_LE(*most - *least, 1u) << use;
      }
}

TEST(Relay, OneMadeIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  for (const char* use : {"ring", "signal"}) {
    const Outcome o = relay<Odd<0, 2>>(use, 3);
    EXPECT_EQ(o.status, FG_WRONG) << use;
    EXPECT_EQ(o.where, "verify");
  }
}

// A permit too many makes a turn out of turn, and an event heard twice.
TEST(Relay, OutOfTurnIsFound) {
  using R = fairground::kit::Relay<Odd<0, 1>>;
  for (const bool ring : {true, false}) {
    alignas(fairground::kit::line) R::Cell cells[3] = {};
    R r{};
    r.setup(cells, 3, ring);
    r.pass_on(0);
    r.pass_on(1);
    EXPECT_EQ(r.misordered(), 0u);
    r.pass_on(1);
    EXPECT_EQ(r.misordered(), 1u);
  }
}

TEST(Relay, HasNoPermitsToSet) {
  static constexpr fg_workload workload = fairground::describe<Permitted<Odd<0, 1>>>();
  Job job;
  for (const char* of_one : {"permits", "locks"}) {
    job.set = {{of_one, 2}, {"use", 1}};
    EXPECT_EQ(fairground::testing::run(workload, job).status, FG_BAD_PARAMETER) << of_one;
  }
}

TEST(FreeSlots, AreTakenOnceEachAndComeBack) {
  fairground::kit::Slot slots[3] = {};
  fairground::kit::FreeSlots free{};
  free.fill(slots, 3);
  fairground::kit::Slot* first = free.take(slots);
  fairground::kit::Slot* second = free.take(slots);
  fairground::kit::Slot* third = free.take(slots);
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
  EXPECT_NE(first, third);
  EXPECT_EQ(free.take(slots), nullptr);
  free.give_back(slots, second);
  EXPECT_EQ(free.take(slots), second);
  EXPECT_EQ(free.take(slots), nullptr);
}
}  // namespace
