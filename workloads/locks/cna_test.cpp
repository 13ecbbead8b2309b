// In which order cna serves, with made-up memory nodes.
#include "cna.cpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "kit/testing/host.hpp"

namespace {
constexpr std::uint64_t always = 1ull << 32;

// The order in which waiters are served that came one after the other, on these nodes, while one on node 0 held it.
std::vector<std::size_t> served(const std::vector<std::uint32_t>& nodes, std::uint64_t stay) {
  Cna lock{};
  std::vector<Cna::Waiter> waiter(nodes.size() + 1);  // the last is the holder
  std::vector<std::size_t> order;
  std::vector<std::thread> threads;
  Cna::Local mine{&waiter.back(), fairground::kit::Random(1), stay};
  lock.lock(mine);
  Cna::Waiter* before = mine.me;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    waiter[i].node = nodes[i];
    threads.emplace_back([&, i] {
      Cna::Local local{&waiter[i], fairground::kit::Random(i), stay};
      lock.lock(local);
      order.push_back(i);
      lock.unlock(local);
    });
    while (before->next.load() != &waiter[i]) std::this_thread::yield();
    before = &waiter[i];
  }
  lock.unlock(mine);
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(lock.try_lock(mine)) << "the queue is empty again";
  return order;
}

using Order = std::vector<std::size_t>;

TEST(Cna, ServesTheHoldersNodeFirst) {
  EXPECT_EQ(served({1, 0, 1, 0}, always), (Order{1, 3, 0, 2}));
  EXPECT_EQ(served({1, 0, 1, 1, 0, 1}, always), (Order{1, 4, 0, 2, 3, 5}));
  EXPECT_EQ(served({1, 2, 1, 2}, always), (Order{0, 2, 1, 3}));
}

TEST(Cna, InOrderOfArrivalOnOneNodeOrWhenItNeverStays) {
  EXPECT_EQ(served({0, 0, 0, 0}, always), (Order{0, 1, 2, 3}));
  EXPECT_EQ(served({1, 0, 1, 0}, 1), (Order{0, 1, 2, 3}));
}

TEST(Cna, ExcludesAcrossNodes) {
  for (const bool as_processes : {false, true}) {
    fairground::testing::Job job;
    job.workers = 5;
    job.as_processes = as_processes;
    job.stop_after_ms = 200;
    job.set = {{"nodes", 2}, {"stay", 3}, {"check", 1}};
    const auto o = fairground::testing::run(fairground_workload_cna, job);
    EXPECT_EQ(o.status, FG_OK) << o.text;
  }
}
}  // namespace
