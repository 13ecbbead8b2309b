// The probes above `edges`, driven by hand: what a known order of acquisitions comes to, recorded and read back.
#include "trial/probe.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>

#include "base/random.hpp"
#include "stats/histogram.hpp"
#include "trial/host.hpp"
#include "trial/read_probes.hpp"

namespace fairground::trial {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

class ProbeTest : public testing::Test {
 protected:
  // n workers, all in this thread; a window that is open while acquire() is called.
  void make(std::uint32_t n, std::uint32_t level) {
    window_.reset();
    host_.reset();
    resource_ = {};
    board_.emplace(Board::create(n, "{}", level));
    board_->header().ticks_per_ns = 1.0;
    host_.emplace(*board_, n, false, 7, std::vector<std::vector<unsigned>>(n, {0}));
    for (std::uint32_t i = 0; i < n; ++i) host_->prepare(i, i + 1);
    host_->table()->resource(host_->table(), &resource_, FG_EXCLUSIVE, 1, "the one");
    window_.emplace(*board_, 0, TickSource::monotonic, 1.0, level);
    window_->open(second_ns);
  }
  void acquire(std::uint32_t i) {
    fg_worker* w = &board_->slot(i).w;
    fg_wait(w, &resource_, FG_WRITE);
    fg_acquired(w, &resource_, FG_WRITE);
    fg_released(w, &resource_, FG_WRITE);
    fg_count(w, 1);
  }
  ProbeResult read() {
    // What is acquired is accounted for at the next request.
    for (std::uint32_t i = 0; i < board_->workers(); ++i) fg_wait(&board_->slot(i).w, &resource_, FG_WRITE);
    window_->close();
    return read_probes(*board_, *window_, TickSource::monotonic);
  }

  std::optional<Board> board_;
  std::optional<Host> host_;
  std::optional<Window> window_;
  fg_resource resource_{};
};

std::uint64_t total(const std::array<std::array<stats::Histogram, distance_classes>, 2>& waits) {
  std::uint64_t sum = 0;
  for (const auto& of_access : waits)
    for (const stats::Histogram& h : of_access) sum += h.count();
  return sum;
}

TEST(TickHistogram, HasTheRuleOfStats) {
  const stats::BucketRule rule(TickHistogram::digits);
  for (std::uint64_t v = 0; v < 5'000; ++v) ASSERT_EQ(TickHistogram::bucket_of(v), rule.bucket_of(v));
  for (int bit = 12; bit < 40; ++bit) {
    const std::uint64_t v = (std::uint64_t{1} << bit) + 12'345 % (1u << 12);
    ASSERT_EQ(TickHistogram::bucket_of(v), rule.bucket_of(v)) << v;
  }
  EXPECT_EQ(TickHistogram::bucket_of(UINT64_MAX), TickHistogram::buckets - 1);
}

TEST(DistanceClass, IsByTwos) {
  EXPECT_EQ(distance_class(1), 0u);
  EXPECT_EQ(distance_class(2), 1u);
  EXPECT_EQ(distance_class(3), 2u);
  EXPECT_EQ(distance_class(4), 2u);
  EXPECT_EQ(distance_class(5), 3u);
  EXPECT_EQ(distance_class(UINT64_MAX), distance_classes - 1);
}

TEST_F(ProbeTest, NothingIsRecordedOutsideTheWindow) {
  make(2, level_sampled);
  window_->close();
  for (int k = 0; k < 10'000; ++k) acquire(static_cast<std::uint32_t>(k % 2));
  const ProbeResult r = read_probes(*board_, *window_, TickSource::monotonic);
  EXPECT_TRUE(r.bursts.empty());
  EXPECT_EQ(r.workers[0].acquisitions + r.workers[1].acquisitions, 0u);
  EXPECT_EQ(total(r.workers[0].waits), 0u);
}

TEST_F(ProbeTest, TakingTurnsIsSeenAsSuch) {
  make(4, level_sampled);
  constexpr std::uint32_t rounds = 100'000;
  for (std::uint32_t k = 0; k < rounds; ++k) acquire(k % 4);
  const ProbeResult r = read();
  for (const WorkerProbes& w : r.workers) {
    EXPECT_EQ(w.acquisitions, rounds / 4);
    EXPECT_EQ(w.longest_run, 1u);
    EXPECT_EQ(w.longest_distance, 4u);
    // One in 256 is stamped: 98 of 25,000, give or take five standard deviations.
    EXPECT_NEAR(static_cast<double>(total(w.waits)), rounds / 4.0 / 256, 5 * 6);
    EXPECT_NEAR(static_cast<double>(w.holds[FG_WRITE].count()), static_cast<double>(total(w.waits)), 1);
  }
  ASSERT_EQ(r.bursts.size(), 2u);  // of the two periods that were begun; whole ones
  for (const stats::Stretch& burst : r.bursts) {
    ASSERT_EQ(burst.size(), burst_length);
    for (std::size_t k = 1; k < burst.size(); ++k) ASSERT_EQ(burst[k], (burst[k - 1] + 1) % 4);
  }
  ASSERT_EQ(r.window, 4'096u);
  EXPECT_EQ(r.windows.size(), rounds / 4'096);
  for (const auto& counts : r.windows)
    for (const std::uint32_t x : counts) EXPECT_EQ(x, 1'024u);
}

// From any order: what the probes say is what counting the whole order says. Distances and runs are exact; short-term
// fairness comes from some bursts of it, so it may be off by a few of its own standard errors. Prints the largest.
class AgreesWithTheWholeOrder : public ProbeTest {
 protected:
  // margin: how many standard errors it may be off, which are those of an order that goes on as it began.
  void compare(const std::string& name, const stats::Stretch& whole, std::uint32_t n, double margin = 4) {
    make(n, level_sampled);
    std::vector<std::uint64_t> last(n), longest_distance(n), longest_run(n), acquisitions(n);
    std::uint64_t run = 0;
    for (std::uint64_t k = 1; k <= whole.size(); ++k) {
      const std::uint32_t who = whole[k - 1];
      run = k > 1 && whole[k - 2] == who ? run + 1 : 1;
      longest_run[who] = std::max(longest_run[who], run);
      if (last[who] != 0) longest_distance[who] = std::max(longest_distance[who], k - last[who]);
      last[who] = k;
      ++acquisitions[who];
      acquire(who);
    }
    const ProbeResult r = read();
    for (std::uint32_t i = 0; i < n; ++i) {
      EXPECT_EQ(r.workers[i].longest_run, longest_run[i]) << name;
      EXPECT_EQ(r.workers[i].longest_distance, longest_distance[i]) << name;
      EXPECT_EQ(r.workers[i].acquisitions, acquisitions[i]) << name;
    }
    const std::vector<stats::Stretch> all{whole};
    const auto exact = stats::short_term_jain(all, n);
    const auto sampled = stats::short_term_jain(r.bursts, n);
    EXPECT_GE(sampled.size(), 10u) << name;
    double most = 0;
    std::size_t outside = 0;
    for (const stats::WindowJain& w : sampled) {
      const auto same = std::find_if(exact.begin(), exact.end(), [&](const auto& e) { return e.window == w.window; });
      ASSERT_NE(same, exact.end());
      const double off = std::abs(w.jain - same->jain);
      EXPECT_LE(off, margin * w.standard_error + 0.005) << name << ", windows of " << w.window;
      if (w.standard_error > 1e-9) most = std::max(most, off / w.standard_error);
      outside += off > 2 * w.standard_error + 1e-9 ? 1 : 0;
    }
    std::printf("%-22s %zu bursts, %zu of %zu windows outside two standard errors, at most %.1f\n", name.c_str(),
                r.bursts.size(), outside, sampled.size(), most);
  }

  static constexpr std::size_t length = 2'000'000;
};

TEST_F(AgreesWithTheWholeOrder, WhenItIsSticky) {
  Random random(11);
  stats::Stretch whole;
  while (whole.size() < length) {
    // The same again three times in four, and worker 2 seldom.
    auto who = whole.empty() || random.below(4) == 0 ? static_cast<std::uint32_t>(random.below(20)) : whole.back();
    whole.push_back(who < 10 ? std::min(who, 2u) % 3 : who % 2);
  }
  compare("sticky", whole, 3);
}

// Half of each period of bursts is one worker's, the other half changes hands each time.
TEST_F(AgreesWithTheWholeOrder, WhenItHasThePeriodOfTheBursts) {
  stats::Stretch whole;
  for (std::size_t k = 0; k < 4 * length; ++k) whole.push_back((k >> 15) % 2 == 0 ? 0 : k % 2);
  compare("period of 65,536", whole, 2);
}

// Long stretches of taking turns, broken by stretches of one alone, of lengths drawn over three decades.
TEST_F(AgreesWithTheWholeOrder, WhenItComesInBursts) {
  Random random(12);
  stats::Stretch whole;
  while (whole.size() < 4 * length) {
    const std::size_t end = whole.size() + (std::size_t{1} << random.below(11));
    const bool alone = random.below(2) == 0;
    const auto who = static_cast<std::uint32_t>(random.below(4));
    while (whole.size() < end) whole.push_back(alone ? who : static_cast<std::uint32_t>(whole.size() % 4));
  }
  compare("bursts", whole, 4);
}

// The order in which threads of this process took a lock.
template <class Lock, class Unlock>
stats::Stretch recorded(std::uint32_t n, std::size_t length, Lock lock, Unlock unlock) {
  stats::Stretch order(length);
  std::size_t next = 0;  // guarded by the lock
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < n; ++i)
    threads.emplace_back([&, i] {
      for (bool more = true; more;) {
        lock();
        more = next < length;
        if (more) order[next++] = i;
        unlock();
      }
    });
  for (std::thread& t : threads) t.join();
  return order;
}

TEST_F(AgreesWithTheWholeOrder, OfLocks) {
  std::mutex mutex;
  std::recursive_mutex recursive;
  std::shared_mutex shared;
  std::counting_semaphore<1> semaphore(1);
  std::atomic_flag flag;
  const auto check = [&](const std::string& name, auto lock, auto unlock) {
    for (const std::uint32_t n : {2u, 4u})
      compare(name + " x" + std::to_string(n), recorded(n, length, lock, unlock), n, 8);
  };
  check(
      "mutex", [&] { mutex.lock(); }, [&] { mutex.unlock(); });
  check(
      "recursive_mutex", [&] { recursive.lock(); }, [&] { recursive.unlock(); });
  check(
      "shared_mutex", [&] { shared.lock(); }, [&] { shared.unlock(); });
  check(
      "counting_semaphore", [&] { semaphore.acquire(); }, [&] { semaphore.release(); });
  check(
      "atomic_flag",
      [&] {
        while (flag.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
      },
      [&] { flag.clear(std::memory_order_release); });
}

TEST_F(ProbeTest, FullStampsEveryAcquisitionAndCountsWhoWentBefore) {
  make(2, level_full);
  for (int k = 0; k < 1'000; ++k) acquire(0);
  // Worker 1 asks, and is passed over three times.
  fg_worker* late = &board_->slot(1).w;
  fg_wait(late, &resource_, FG_WRITE);
  for (int k = 0; k < 3; ++k) acquire(0);
  fg_acquired(late, &resource_, FG_WRITE);
  fg_released(late, &resource_, FG_WRITE);
  const ProbeResult r = read();
  EXPECT_EQ(r.level, level_full);
  EXPECT_EQ(total(r.workers[0].waits), 1'003u);
  EXPECT_EQ(r.workers[0].first.size(), 1'003u);
  EXPECT_EQ(r.workers[0].bypass.percentile(100), 0u);
  ASSERT_EQ(r.workers[1].bypass.count(), 1u);
  EXPECT_EQ(r.workers[1].bypass.percentile(100), 3u);
  ASSERT_EQ(r.workers[1].last.size(), 1u);
  EXPECT_EQ(r.workers[1].last[0].position, 1'004u);
  EXPECT_LE(r.workers[1].last[0].wait_ns, r.workers[1].last[0].acquired_ns);
  EXPECT_TRUE(r.workers[1].open_wait_ns.has_value());  // read() asked once more
}

// The longest wait is long over, and the ring has forgotten it: it and what the others did around it are still there.
TEST_F(ProbeTest, WhatWasAroundTheLongestWaitIsKept) {
  make(2, level_full);
  board_->order_log().shown_ticks = 10'000'000;
  for (int k = 0; k < 20'000; ++k) acquire(0);  // more than `first` holds
  fg_worker* late = &board_->slot(1).w;
  fg_wait(late, &resource_, FG_WRITE);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (int k = 0; k < 5; ++k) acquire(0);
  fg_acquired(late, &resource_, FG_WRITE);
  fg_released(late, &resource_, FG_WRITE);
  acquire(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  for (std::uint32_t k = 0; k < 2 * acquisition_ring; ++k) acquire(k % 8 == 0 ? 1 : 0);
  const ProbeResult r = read();
  const auto longest = [](const std::vector<StampedAcquisition>& all) {
    std::int64_t most = 0;
    for (const StampedAcquisition& a : all) most = std::max(most, a.acquired_ns - a.wait_ns);
    return most;
  };
  EXPECT_GE(longest(r.workers[1].worst), 20'000'000);
  EXPECT_GE(r.workers[0].worst.size(), 5u);
  EXPECT_LE(r.workers[0].worst.size(), worst_acquisitions);
  for (std::size_t k = 1; k < r.workers[0].worst.size(); ++k)
    EXPECT_LE(r.workers[0].worst[k - 1].wait_ns, r.workers[0].worst[k].wait_ns);
}

TEST_F(ProbeTest, AWaitThatIsGivenUpIsNoWait) {
  make(1, level_full);
  fg_worker* w = &board_->slot(0).w;
  for (int k = 0; k < 5; ++k) {
    fg_wait(w, &resource_, FG_WRITE);
    fg_gave_up(w, &resource_, FG_WRITE);
  }
  acquire(0);
  const ProbeResult r = read();
  EXPECT_EQ(total(r.workers[0].waits), 1u);
}

TEST_F(ProbeTest, AWaitThatIsGivenUpAfterTheWindowWasOpenAtItsEnd) {
  make(1, level_full);
  fg_worker* w = &board_->slot(0).w;
  acquire(0);
  fg_wait(w, &resource_, FG_WRITE);
  window_->close();
  fg_gave_up(w, &resource_, FG_WRITE);
  const ProbeResult r = read_probes(*board_, *window_, TickSource::monotonic);
  EXPECT_TRUE(r.workers[0].open_wait_ns.has_value());
}

TEST_F(ProbeTest, WhatIsTakenInsideIsNotStampedAndLeavesTheOuterOneAlone) {
  make(1, level_full);
  fg_resource inner{}, odd{};
  host_->table()->resource(host_->table(), &inner, FG_EXCLUSIVE, 1, "inner");
  host_->table()->resource(host_->table(), &odd, FG_PERMITS, 9, "odd");
  fg_worker* w = &board_->slot(0).w;
  for (int k = 0; k < 100; ++k) {
    fg_wait(w, &resource_, FG_WRITE);
    EXPECT_EQ(w->waiting_for, resource_.id);
    fg_acquired(w, &resource_, FG_WRITE);
    for (int i = 0; i < 3; ++i) {
      fg_wait(w, &inner, FG_WRITE);
      EXPECT_EQ(w->waiting_for, inner.id);
      fg_acquired(w, &inner, FG_WRITE);
      fg_released(w, &inner, FG_WRITE);
    }
    fg_released(w, &resource_, FG_WRITE);
  }
  // A permit that another gives back: its sample is dropped in the end, and stamping goes on.
  for (int k = 0; k < 10'000; ++k) {
    fg_wait(w, &odd, FG_WRITE);
    fg_acquired(w, &odd, FG_WRITE);
    odd.inside = 0;
    w->held[0] = 0;
  }
  for (int k = 0; k < 3'000; ++k) acquire(0);
  const ProbeResult r = read();
  EXPECT_GT(r.workers[0].first.size(), 100u + 900u);
  EXPECT_EQ(total(r.workers[0].waits), r.workers[0].first.size());
}

// The clock inline is the host's.
TEST_F(ProbeTest, TheCounterIsReadInlineWhereItIsTrusted) {
  fg_host table{};
  table.ticks = [] { return std::uint64_t{77}; };
  fg_worker w{};
  w.host = &table;
  EXPECT_EQ(fg_ticks_(&w), 77u);
  if (trusted_tick_source() != TickSource::counter) return;
  w.counts_ticks = 1;
  const std::uint64_t before = ordered_ticks(TickSource::counter), inside = fg_ticks_(&w);
  EXPECT_LE(before, inside);
  EXPECT_LE(inside, ordered_ticks(TickSource::counter));
}

// Windows double when there is no room for more; none is lost.
TEST_F(ProbeTest, LongOrdersKeepWiderWindows) {
  make(1, level_sampled);
  ProbeLog& log = board_->probe_log(0);
  acquire(0);
  fg_wait(&board_->slot(0).w, &resource_, FG_WRITE);  // begins the order
  log.window_count = most_windows;
  for (std::uint32_t k = 0; k < most_windows; ++k) log.windows[k] = {k, 4'096};
  board_->slot(0).w.probe.previous = resource_.acquisitions;
  log.window = most_windows;
  resource_.acquisitions = (std::uint64_t{most_windows} + 1) << window_shift;
  fg_acquired(&board_->slot(0).w, &resource_, FG_WRITE);
  fg_released(&board_->slot(0).w, &resource_, FG_WRITE);
  board_->slot(0).w.probe.count = 4'096;
  board_->slot(0).w.probe.event = 0;
  acquire(0);
  const ProbeResult r = read();
  EXPECT_EQ(r.window, 8'192u);
  EXPECT_EQ(r.windows.size(), most_windows / 2);
}

// More of them than are accounted for at once: each once, whether the worker did it or the supervisor at the end.
TEST_F(ProbeTest, FullAccountsForEachOnce) {
  for (const std::uint64_t count : {stamps_room - 1, stamps_room, stamps_room + 1, 5 * stamps_room + 7}) {
    make(1, level_full);
    for (std::uint64_t k = 0; k < count; ++k) acquire(0);
    const ProbeResult r = read();
    EXPECT_EQ(total(r.workers[0].waits), count);
    EXPECT_EQ(r.workers[0].holds[FG_WRITE].count(), count);
    EXPECT_EQ(r.workers[0].outside.count(), count);
    ASSERT_EQ(r.workers[0].last.size(), count);
    for (std::uint64_t k = 0; k < count; ++k) ASSERT_EQ(r.workers[0].last[k].position, k + 1);
    EXPECT_TRUE(r.workers[0].open_wait_ns.has_value());  // read() asked once more
  }
}

TEST_F(ProbeTest, GarbageAtTheLevelFullIsBounded) {
  make(2, level_full);
  for (int k = 0; k < 100; ++k) acquire(static_cast<std::uint32_t>(k % 2));
  ProbeLog& log = board_->probe_log(0);
  std::memset(log.stamps, 0xff, sizeof log.stamps);
  log.acquisition_count = log.worst_count = log.worst_end = UINT64_MAX;
  board_->slot(0).w.probe.stamped = UINT32_MAX;
  board_->slot(0).w.probe.stamps = nullptr;  // the supervisor uses its own
  window_->close();
  const ProbeResult r = read_probes(*board_, *window_, TickSource::monotonic);
  EXPECT_LE(r.workers[0].last.size(), acquisition_ring);
  EXPECT_LE(r.workers[0].worst.size(), worst_acquisitions);
  EXPECT_EQ(total(r.workers[1].waits), 49u);  // the last is not whole
}

TEST_F(ProbeTest, GarbageOnTheBoardIsLeftOut) {
  make(2, level_sampled);
  for (int k = 0; k < 100; ++k) acquire(static_cast<std::uint32_t>(k % 2));
  for (std::uint32_t k = 0; k < burst_length; ++k) board_->order_log().entries[3][k] = (9u << 16) | 77;
  board_->probe_log(0).window_count = UINT32_MAX;
  board_->probe_log(1).shift = 60;
  board_->slot(1).w.probe.longest_distance = UINT64_MAX;
  const ProbeResult r = read();
  for (const stats::Stretch& burst : r.bursts)
    for (const std::uint32_t who : burst) EXPECT_LT(who, 2u);
  EXPECT_LE(r.workers[1].longest_distance, 100u);
}

}  // namespace
}  // namespace fairground::trial
