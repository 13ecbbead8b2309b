// That futex-fifo serves in order of arrival, also when more wait than there are bits to tell them apart.
#include "futex_fifo.cpp"

#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

namespace {
TEST(FutexFifo, ServesInOrderOfArrival) {
  constexpr std::uint32_t n = 40;
  FutexFifo lock{};
  FutexFifo::Local mine;
  std::vector<std::uint32_t> served, expected(n);
  std::iota(expected.begin(), expected.end(), 0u);
  std::vector<std::thread> waiters;
  lock.lock(mine);
  for (std::uint32_t i = 0; i < n; ++i) {
    waiters.emplace_back([&, i] {
      FutexFifo::Local local;
      lock.lock(local);
      served.push_back(i);
      lock.unlock(local);
    });
    while (lock.next.load() != i + 2) std::this_thread::yield();  // it has its ticket
  }
  EXPECT_FALSE(lock.try_lock(mine));
  lock.unlock(mine);
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(served, expected);
  EXPECT_TRUE(lock.try_lock(mine));
}
}  // namespace
