// That the verification of lock.hpp can fail: locks that don't do what they should.
#include "kit/lock.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Locked;
using fairground::testing::Job;
using fairground::testing::Outcome;

// Does nothing at all.
struct Absent {
  static constexpr fairground::kit::LockInfo info{.id = "absent", .group = "spin", .summary = "no lock"};
  struct Local {};
  void lock(Local&) {}
  void unlock(Local&) {}
};

// Right, but lets a second one in about once in ten times.
struct Leaky {
  static constexpr fairground::kit::LockInfo info{.id = "leaky", .group = "spin", .summary = "a lock with a hole"};
  struct Local {
    unsigned turn = 0;
    bool slipped = false;
  };
  void lock(Local& l) {
    l.slipped = ++l.turn % 10 == 0;
    while (!l.slipped && taken.exchange(true, std::memory_order_acquire)) sched_yield();
  }
  void unlock(Local& l) {
    if (!l.slipped) taken.store(false, std::memory_order_release);
  }
  std::atomic<bool> taken;
};

struct Right {
  static constexpr fairground::kit::LockInfo info{.id = "right",
                                                  .group = "spin",
                                                  .summary = "a lock",
                                                  .fifo = true,
                                                  .blocks = true,
                                                  .processes = true,
                                                  .version = 3};
  struct Local {};
  void lock(Local& l) {
    while (!try_lock(l)) sched_yield();
  }
  void unlock(Local&) { taken.store(false, std::memory_order_release); }
  bool try_lock(Local&) { return !taken.exchange(true, std::memory_order_acquire); }
  std::atomic<bool> taken;
};

// Excludes, but writes over a word of what it guards: on its way out, or while it waits.
enum class Word { canary, counter, owner, memory };
template <Word Where, bool Waiting>
struct Scribbling {
  static constexpr fairground::kit::LockInfo info{.id = "scribbling", .group = "spin", .summary = "a stray write"};
  struct Local {};
  void lock(Local&) {
    while (taken.exchange(true, std::memory_order_acquire)) {
      if (Waiting) scribble();
      sched_yield();
    }
  }
  void unlock(Local&) {
    if (!Waiting) scribble();
    taken.store(false, std::memory_order_release);
  }
  void scribble() {
    using W = Locked<Scribbling>;
    auto& guarded = *reinterpret_cast<fairground::kit::Guarded*>(reinterpret_cast<char*>(this) +
                                                                 offsetof(typename W::Cell, guarded));
    if (Where == Word::canary) guarded.canary.say(0xbad);
    if (Where == Word::counter) guarded.counter += 1;
    if (Where == Word::memory) guarded.memory[1] += 1;
    if (Where == Word::owner) __atomic_store_n(&guarded.resource.owner, 99, __ATOMIC_RELAXED);
  }
  std::atomic<bool> taken;
};

template <class L>
constexpr fg_workload workload = fairground::describe<Locked<L>>();

template <class L>
Outcome run(bool check, std::int64_t section_ns, std::map<std::string, std::int64_t> also = {}) {
  Job job;
  job.workers = 4;
  job.stop_after_ms = 300;
  job.set = std::move(also);
  job.set["section"] = section_ns;
  job.set["check"] = check ? 1 : 0;
  return fairground::testing::run(workload<L>, job);
}

// What is wrong shows when two workers are inside at once, for which a busy machine may take some attempts.
template <class L>
Outcome run_until_wrong(bool check, std::int64_t section_ns, const std::map<std::string, std::int64_t>& also = {}) {
  Outcome o;
  for (int attempt = 0; attempt < 20 && o.status == FG_OK; ++attempt) o = run<L>(check, section_ns, also);
  return o;
}

TEST(Lock, NoLockAtAllIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  for (const bool check : {false, true}) {
    const Outcome o = run_until_wrong<Absent>(check, 2'000);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_EQ(o.where, "verify");
  }
}

TEST(Lock, AHoleIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  for (const bool check : {false, true}) {
    const Outcome o = run_until_wrong<Leaky>(check, 10'000);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_EQ(o.where, "verify");
  }
}

// Each thing that verify looks at, broken alone.
void expect_wrong(const Outcome& o, const char* text) {
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find(text), std::string::npos) << o.text;
}

TEST(Lock, EachStrayWriteIsFound) {
  expect_wrong(run_until_wrong<Scribbling<Word::counter, false>>(false, 1'000), "but the counter they guard says");
  expect_wrong(run_until_wrong<Scribbling<Word::owner, false>>(false, 1'000), "who should not have been");
  expect_wrong(run_until_wrong<Scribbling<Word::memory, false>>(false, 1'000, {{"memory", 64}}), "lost a write");
}

TEST(Lock, OnlyCheckSeesTheRestOfTheSection) {
  EXPECT_EQ((run<Scribbling<Word::canary, false>>(false, 1'000).status), FG_OK);
  expect_wrong(run_until_wrong<Scribbling<Word::canary, false>>(true, 1'000), "found other words");
  expect_wrong(run_until_wrong<Scribbling<Word::canary, true>>(true, 10'000), "changed under their holder");
}

TEST(Lock, ARightOneIsNot) {
  const Outcome o = run<Right>(true, 1'000);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GT(o.counters.at("section_steps"), 0.0);
}

TEST(Lock, TryLockIsUsedWhereThereIsOne) {
  Job job;
  job.workers = 2;
  job.operations = 2'000;
  job.set = {{"try", 1}};
  const Outcome o = fairground::testing::run(workload<Right>, job);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(o.acquisitions, 4'000u);
  EXPECT_THROW(fairground::testing::run(workload<Absent>, job), std::invalid_argument);
}

TEST(Lock, DescriptionFollowsTheLock) {
  EXPECT_EQ(workload<Right>.capabilities, FG_CONTENDED | FG_MAY_BLOCK | FG_PROCESSES);
  EXPECT_EQ(workload<Right>.promises_fairness, 1u);
  EXPECT_EQ(workload<Right>.expects, 0u);
  EXPECT_EQ(workload<Right>.version, 3u);
  EXPECT_EQ(workload<Absent>.capabilities, FG_CONTENDED);
  EXPECT_EQ(workload<Absent>.expects, FG_EXPECTS(FG_STARVATION));
}

// The lock has lines of its own, and what a section touches without check is on one line of 64 bytes.
TEST(Lock, Layout) {
  using W = Locked<Right>;
  EXPECT_EQ(offsetof(W::Cell, guarded) % fairground::kit::line, 0u);
  EXPECT_GE(offsetof(W::Cell, guarded), fairground::kit::line);
  EXPECT_LE(offsetof(fairground::kit::Guarded, counter) + 8, 64u);
  EXPECT_EQ(alignof(W::Cell), fairground::kit::line);
}

TEST(Canary, SaysWhatWasSaid) {
  fairground::kit::Canary canary{};
  EXPECT_TRUE(canary.says(0));
  EXPECT_FALSE(canary.says(1));
  canary.say(7);
  EXPECT_TRUE(canary.says(7));
  EXPECT_FALSE(canary.says(0));
}
}  // namespace
