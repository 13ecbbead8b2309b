// That scl shares out time, not turns: beside futex-fifo, which shares out turns. The sections of these tests sleep, so
// that the scheduler has no say in it.
#include "scl.cpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "futex_fifo.cpp"

namespace {
using namespace std::chrono_literals;

struct Shares {
  std::array<int, 2> turns{};
  std::array<double, 2> held_ns{};
};

// Two take the lock over and over for a second, one for 5 ms and the other for 0.5 ms (or longer, on a busy machine).
template <class L>
Shares share(L& lock, std::array<typename L::Local, 2> local) {
  constexpr std::array<std::chrono::microseconds, 2> section{5ms, 500us};
  Shares shares;
  std::atomic<bool> stop{false};
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      while (!stop) {
        lock.lock(local[i]);
        const std::int64_t begin = monotonic_ns();
        std::this_thread::sleep_for(section[i]);
        ++shares.turns[i];
        shares.held_ns[i] += static_cast<double>(monotonic_ns() - begin);
        lock.unlock(local[i]);
      }
    });
  std::this_thread::sleep_for(1s);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return shares;
}

// The longer time of the two over the shorter.
double unevenness_of_scl(std::int64_t slice) {
  Scl lock{};
  std::array<Scl::Own, 2> own{};
  lock.own = own.data();
  lock.slice = slice;
  lock.others = 1;
  lock.next = 2;
  const auto held = share(lock, {Scl::Local{0}, Scl::Local{1}}).held_ns;
  return std::max(held[0], held[1]) / std::min(held[0], held[1]);
}

TEST(Scl, ElsewhereTurnsAreEqual) {
  FutexFifo lock{};
  const auto turns = share(lock, {}).turns;
  EXPECT_LT(turns[1], 2 * turns[0]);
}
TEST(Scl, TimeIsEqualWithinSlices) { EXPECT_LT(unevenness_of_scl(20'000'000), 3.0); }
TEST(Scl, WhoOverrunsASliceStaysAway) { EXPECT_LT(unevenness_of_scl(600'000), 3.0); }

// What worker 0 is when it has taken the lock so many times, for 1 ms each, and nobody else has.
Scl::Own alone(Scl& lock, std::int64_t slice, int times) {
  std::array<Scl::Own, 2> own{};
  lock.own = own.data();
  lock.slice = slice;
  lock.next = 2;
  Scl::Local local{0};
  for (int i = 0; i < times; ++i) {
    lock.lock(local);
    std::this_thread::sleep_for(1ms);
    lock.unlock(local);
  }
  return own[0];
}

TEST(Scl, TimeThatNobodyWantedIsNotOwed) {
  Scl lock{};
  lock.others = 7;
  const std::int64_t begin = monotonic_ns();
  const Scl::Own mine = alone(lock, 1'000'000, 50);
  EXPECT_LT(mine.last_release - mine.slice_begin, (monotonic_ns() - begin) / 2);
}

// Else each would stay away for the other's staying away.
TEST(Scl, WhileAnotherStaysAwayNoMoreThanASliceIsOwed) {
  Scl lock{};
  lock.others = 1;
  lock.away = 1;
  const Scl::Own mine = alone(lock, 2'000'000, 30);
  EXPECT_EQ(mine.last_release - mine.slice_begin, lock.slice);
  EXPECT_LE(lock.slice_end.load(), mine.last_release);  // who comes back gets it at once
}

TEST(Scl, NobodyStaysAwayAfterTheEnd) {
  Scl lock{};
  lock.others = 1;
  Scl::Own own{};
  own.last_release = monotonic_ns();
  own.slice_begin = own.last_release - 3'600'000'000'000;  // so it is to stay away for an hour
  std::thread banned([&] { lock.stay_away(own); });
  std::this_thread::sleep_for(20ms);
  lock.wake();
  banned.join();
}
}  // namespace
