// That eventually-fair hands over when it is time, and to whom.
#include "eventually_fair.cpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace {
// Releases a lock that another sleeps on and takes it again at once; was the other served in between?
bool other_was_first() {
  EventuallyFair lock{};  // with an interval of 0: it is always time
  EventuallyFair::Local mine;
  bool served = false;  // guarded by the lock
  lock.lock(mine);
  std::thread other([&] {
    EventuallyFair::Local local;
    lock.lock(local);
    served = true;
    lock.unlock(local);
  });
  while (lock.sleepers.load() == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));  // by now it sleeps, mostly
  lock.unlock(mine);
  lock.lock(mine);
  const bool first = served;
  lock.unlock(mine);
  other.join();
  return first;
}

TEST(EventuallyFair, HandsOverWhenItIsTime) {
  int times = 0;
  for (int i = 0; i < 20; ++i) times += other_was_first() ? 1 : 0;
  EXPECT_GE(times, 15);
}

TEST(EventuallyFair, OnlyWhoHasSleptTakesWhatIsHandedOver) {
  EventuallyFair lock{};
  EventuallyFair::Local mine;
  lock.word = EventuallyFair::handed;
  EXPECT_FALSE(lock.try_lock(mine));
  std::thread other([&] {
    EventuallyFair::Local local;
    lock.lock(local);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(lock.word.load(), EventuallyFair::handed) << "it has not slept yet";
  while (lock.futex.wake(lock.word) == 0) std::this_thread::yield();
  other.join();
  EXPECT_EQ(lock.word.load(), EventuallyFair::locked);
  EXPECT_EQ(lock.sleepers.load(), 0u);
}

// One takes it again as soon as it has released it; the others sleep, and are handed it all the same.
TEST(EventuallyFair, WhoBargesInDoesNotMakeItForgetTheSleepers) {
  EventuallyFair lock{};
  lock.options.interval = 2'000'000;
  std::atomic<bool> stop{false};
  std::array<int, 3> turns{};
  std::array<std::thread, 3> threads;
  for (std::size_t i = 0; i < 3; ++i)
    threads[i] = std::thread([&, i] {
      EventuallyFair::Local local;
      local.random = fairground::kit::Random(i + 1);
      while (!stop) {
        lock.lock(local);
        const std::int64_t until = fairground::kit::monotonic_ns() + 50'000;
        while (fairground::kit::monotonic_ns() < until) {
        }
        ++turns[i];
        lock.unlock(local);
      }
    });
  std::this_thread::sleep_for(std::chrono::seconds(1));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  for (const int mine : turns) EXPECT_GE(mine, 20);
  EXPECT_EQ(lock.word.load(), EventuallyFair::unlocked);
  EXPECT_EQ(lock.sleepers.load(), 0u);
}

TEST(EventuallyFair, TheNextTimeIsWithinTheInterval) {
  EventuallyFair lock{};
  lock.options.interval = 1'000'000'000;
  EventuallyFair::Local local;
  const std::int64_t now = fairground::kit::monotonic_ns();
  EXPECT_TRUE(lock.is_time(local));
  EXPECT_GE(lock.next_hand_over_ns, now);
  EXPECT_LE(lock.next_hand_over_ns, fairground::kit::monotonic_ns() + 1'000'000'000);
}
}  // namespace
