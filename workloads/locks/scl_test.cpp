// That scl shares out time, not turns: beside futex-fifo, which shares out turns. The sections of these tests sleep, so
// that the scheduler has no say in it.
#include "scl.cpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <thread>

#include "futex_fifo.cpp"

namespace {
using namespace std::chrono_literals;

// Two take the lock over and over, one for 5 ms and the other for 0.5 ms: how many turns the second has for each of the
// first.
template <class L>
double turns_ratio(L& lock, std::array<typename L::Local, 2> local) {
  constexpr std::array<std::chrono::microseconds, 2> section{5ms, 500us};
  std::array<int, 2> turns{};
  std::atomic<bool> stop{false};
  std::array<std::thread, 2> threads;
  for (std::size_t i = 0; i < 2; ++i)
    threads[i] = std::thread([&, i] {
      while (!stop) {
        lock.lock(local[i]);
        std::this_thread::sleep_for(section[i]);
        ++turns[i];
        lock.unlock(local[i]);
      }
    });
  std::this_thread::sleep_for(500ms);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(turns[1]) / turns[0];
}

double turns_ratio_of_scl(std::int64_t slice) {
  Scl lock{};
  std::array<Scl::Own, 2> own{};
  lock.own = own.data();
  lock.slice = slice;
  lock.others = 1;
  lock.next = 2;
  return turns_ratio(lock, {Scl::Local{0}, Scl::Local{1}});
}

TEST(Scl, TurnsAreEqualElsewhere) {
  FutexFifo lock{};
  EXPECT_LT(turns_ratio(lock, {}), 2.0);
}
TEST(Scl, WhoHasShortSectionsHasMoreOfThem) { EXPECT_GT(turns_ratio_of_scl(20'000'000), 3.0); }
TEST(Scl, WhoOverrunsASliceStaysAway) { EXPECT_GT(turns_ratio_of_scl(600'000), 3.0); }

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
