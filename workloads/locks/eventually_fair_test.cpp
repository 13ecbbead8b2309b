// That eventually-fair hands over when it is time, and lets the former holder barge in when it isn't.
#include "eventually_fair.cpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace {
// Releases a lock that another sleeps on and takes it again at once; was the other served in between?
bool other_was_first(std::int64_t interval, std::int64_t next_hand_over_ns) {
  EventuallyFair lock{};
  lock.options.interval = interval;
  lock.next_hand_over_ns = next_hand_over_ns;
  EventuallyFair::Local mine;
  bool served = false;  // guarded by the lock
  lock.lock(mine);
  std::thread other([&] {
    EventuallyFair::Local local;
    lock.lock(local);
    served = true;
    lock.unlock(local);
  });
  while (lock.word.load() != EventuallyFair::waited_for) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(5));  // by now it sleeps, mostly
  lock.unlock(mine);
  lock.lock(mine);
  const bool first = served;
  lock.unlock(mine);
  other.join();
  return first;
}

int times_of_20(std::int64_t interval, std::int64_t next_hand_over_ns) {
  int times = 0;
  for (int i = 0; i < 20; ++i) times += other_was_first(interval, next_hand_over_ns) ? 1 : 0;
  return times;
}

TEST(EventuallyFair, HandsOverWhenItIsTime) { EXPECT_GE(times_of_20(0, 0), 15); }

TEST(EventuallyFair, LetsTheHolderBargeWhenItIsNot) { EXPECT_LE(times_of_20(1'000'000'000, INT64_MAX), 12); }

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
