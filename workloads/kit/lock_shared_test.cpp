// That the verification of locks with readers can fail, and that readers and writers are who they were told to be.
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "kit/lock.hpp"
#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Guarded;
using fairground::kit::Locked;
using fairground::testing::Job;
using fairground::testing::Outcome;

template <class L>
Guarded& guarded_by(L* lock) {
  return *reinterpret_cast<Guarded*>(reinterpret_cast<char*>(lock) + offsetof(typename Locked<L>::Cell, guarded));
}

// What can be wrong with a lock with readers.
enum class Fault {
  none,
  writers_enter_among_readers,
  readers_enter_beside_a_writer,
  writers_enter_together,
  waiting_writer_scribbles,
  leaving_reader_is_forgotten,
};

// The number of readers, or -1: a writer.
template <Fault F>
struct Room {
  static constexpr fairground::kit::LockInfo info{
      .id = "room", .group = "reader-writer", .summary = "a lock with readers", .fair = true};
  struct Local {};

  void lock(Local& l) {
    while (!try_lock(l)) {
      if (F == Fault::waiting_writer_scribbles && inside > 0) {
        guarded_by(this).counter += 1;
        usleep(50);
        guarded_by(this).counter -= 1;
      }
      sched_yield();
    }
  }
  bool try_lock(Local&) {
    if (F == Fault::writers_enter_among_readers && inside > 0) return true;
    if (F == Fault::writers_enter_together && inside < 0) return true;
    int nobody = 0;
    return inside.compare_exchange_strong(nobody, -1);
  }
  void unlock(Local&) {
    if (F == Fault::writers_enter_among_readers || F == Fault::writers_enter_together) {
      int me = -1;
      inside.compare_exchange_strong(me, 0);
    } else {
      inside = 0;
    }
  }
  void lock_shared(Local& l) {
    while (!try_lock_shared(l)) sched_yield();
  }
  bool try_lock_shared(Local&) {
    int n = inside;
    while (n >= 0 && !inside.compare_exchange_strong(n, n + 1)) {
    }
    return n >= 0 || F == Fault::readers_enter_beside_a_writer;
  }
  void unlock_shared(Local&) {
    if (F == Fault::leaving_reader_is_forgotten) __atomic_add_fetch(&guarded_by(this).resource.inside, 1, 0);
    int n = inside;
    while (n > 0 && !inside.compare_exchange_strong(n, n - 1)) {
    }
  }

  std::atomic<int> inside;
};

template <class L>
constexpr fg_workload workload = fairground::describe<Locked<L>>();

template <Fault F>
Outcome run(std::map<std::string, std::int64_t> set) {
  Job job;
  job.workers = 4;
  job.stop_after_ms = 300;
  job.set = std::move(set);
  return fairground::testing::run(workload<Room<F>>, job);
}
template <Fault F>
void expect_wrong(const std::map<std::string, std::int64_t>& set, const std::string& text) {
  Outcome o;  // a busy machine may take some attempts until two are inside at once
  for (int attempt = 0; attempt < 20 && o.status == FG_OK; ++attempt) o = run<F>(set);
  EXPECT_EQ(o.status, FG_WRONG) << text;
  EXPECT_NE(o.text.find(text), std::string::npos) << text << ": " << o.text;
}

TEST(SharedLock, ARightOneIsRight) {
  for (const std::int64_t check : {0, 1}) {
    const Outcome o = run<Fault::none>({{"check", check}, {"memory", 256}, {"locks", 3}});
    EXPECT_EQ(o.status, FG_OK) << o.text;
    EXPECT_GT(o.counters.at("reads"), 0.0);
    EXPECT_LT(o.counters.at("reads"), static_cast<double>(o.operations()));
    EXPECT_EQ(o.acquisitions, o.operations());
  }
}

TEST(SharedLock, EachFaultIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the races in them are what ThreadSanitizer itself reports";
#endif
  const std::string intruder = "times somebody was inside who should not have been";
  expect_wrong<Fault::writers_enter_among_readers>({{"writers", 1}, {"section", 10'000}}, intruder);
  expect_wrong<Fault::readers_enter_beside_a_writer>({{"writers", 2}, {"section", 10'000}}, intruder);
  expect_wrong<Fault::writers_enter_together>({{"read-ratio", 0}, {"section", 10'000}}, "");
  expect_wrong<Fault::waiting_writer_scribbles>({{"writers", 1}, {"section", 100'000}, {"outside", 100'000}},
                                                "changed under their holder");
  expect_wrong<Fault::leaving_reader_is_forgotten>({{"read-ratio", 1}}, "never came out");
}

TEST(SharedLock, TheReadRatioIsKept) {
  Job job;
  job.workers = 2;
  job.operations = 5'000;
  for (const std::int64_t ratio : {0, 1}) {
    job.set = {{"read-ratio", ratio}};
    const Outcome o = fairground::testing::run(workload<Room<Fault::none>>, job);
    EXPECT_EQ(o.status, FG_OK) << o.text;
    EXPECT_EQ(o.counters.at("reads"), 10'000.0 * static_cast<double>(ratio));
  }
  job.set.clear();  // 0.9: a fixed seed, so always the same; five standard errors on either side
  EXPECT_NEAR(fairground::testing::run(workload<Room<Fault::none>>, job).counters.at("reads"), 9'000.0, 150.0);
}

TEST(SharedLock, WritersOnlyWriteAndReadersOnlyRead) {
  Job job;
  job.workers = 3;
  job.operations = 1'000;
  job.set = {{"writers", 1}, {"try", 1}};
  const Outcome o = fairground::testing::run(workload<Room<Fault::none>>, job);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(o.counters.at("reads"), 2'000.0);
  job.set = {{"writers", 4}};
  EXPECT_EQ(fairground::testing::run(workload<Room<Fault::none>>, job).status, FG_BAD_PARAMETER);
}

TEST(SharedLock, ClassesFollowTheParameter) {
  constexpr auto writers = std::get<std::tuple_size_v<decltype(Locked<Room<Fault::none>>::parameters())> - 1>(
      Locked<Room<Fault::none>>::parameters());
  ASSERT_STREQ(writers.description.key, "writers");
  Locked<Room<Fault::none>> locked{fairground::Host()};
  EXPECT_EQ(locked.worker_class(0), nullptr);
  locked.*writers.member = 2;
  EXPECT_STREQ(locked.worker_class(1), "writer");
  EXPECT_STREQ(locked.worker_class(2), "reader");
}

TEST(SharedLock, DescriptionFollowsTheLock) {
  EXPECT_EQ(workload<Room<Fault::none>>.promises_fairness, 1u);
  EXPECT_NE(std::string(workload<Room<Fault::none>>.invariant).find("writer"), std::string::npos);
}
}  // namespace
