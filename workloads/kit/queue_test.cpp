// That the verification of queue.hpp can fail: queues that lose, double, swap or change an item now and then.
#include "kit/queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <string>

#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Queued;
using fairground::testing::Job;
using fairground::testing::Outcome;

enum class Fault { none, loses, doubles, swaps, changes };

// Wrong once in 100,000 items.
template <Fault F>
struct Odd {
  static constexpr fairground::kit::QueueInfo info{.id = "odd", .summary = "a queue of the tests"};
  struct Local {};
  bool push(Local&, std::uint64_t item) {
    const std::lock_guard<std::mutex> lock(mutex);
    const bool now = ++pushed % 100'000 == 0;
    if (now && F == Fault::loses) return true;
    items.push_back(now && F == Fault::changes ? item + 1 : item);
    if (now && F == Fault::doubles) items.push_back(item);
    if (items.size() >= 2 && F == Fault::swaps && pushed % 10'000 == 0) std::swap(items.back(), *(items.end() - 2));
    return true;
  }
  bool pop(Local&, std::uint64_t& item) {
    const std::lock_guard<std::mutex> lock(mutex);
    if (items.empty()) return false;
    item = items.front();
    items.pop_front();
    return true;
  }
  std::mutex mutex;
  std::deque<std::uint64_t> items;
  std::uint64_t pushed = 0;
};

template <Fault F>
Outcome run(unsigned workers, std::int64_t producers, std::uint64_t operations) {
  static constexpr fg_workload workload = fairground::describe<Queued<Odd<F>>>();
  Job job;
  job.workers = workers;
  job.operations = operations;
  job.set = {{"outside", 0}, {"producers", producers}};
  return fairground::testing::run(workload, job);
}

TEST(Queue, ARightOnePasses) {
  for (const std::int64_t producers : {0, 1, 2, 3}) {
    const Outcome o = run<Fault::none>(4, producers, 20'000);
    EXPECT_EQ(o.status, FG_OK) << o.text;
    EXPECT_LE(o.counters.at("left_items"), 3.0 * 20'000);
  }
  EXPECT_EQ(run<Fault::none>(1, 0, 1'000).status, FG_OK);
}

// More consumers than producers' items would wait for ever, more producers than capacity likewise: they leave.
TEST(Queue, NobodyWaitsForWhoHasLeft) {
  EXPECT_EQ(run<Fault::none>(4, 1, 3'000).status, FG_OK);
  EXPECT_EQ(run<Fault::none>(4, 3, 3'000).status, FG_OK);
}

TEST(Queue, ItemsAreCounted) {
  const Outcome o = run<Fault::none>(4, 2, 5'000);
  EXPECT_EQ(o.counters.at("items"), 10'000.0);
  EXPECT_EQ(o.counters.at("left_items"), 0.0);
}

TEST(Queue, OneLostIn100000IsFound) {
  const Outcome o = run<Fault::loses>(2, 1, 100'000);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "100000 items were put in, but 99999 came out");
}

TEST(Queue, OneDoubledIn100000IsFound) {
  const Outcome o = run<Fault::doubles>(2, 1, 100'000);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "100000 items were put in, but 100001 came out");
}

TEST(Queue, OneChangedIn100000IsFound) {
  const Outcome o = run<Fault::changes>(4, 2, 100'000);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "as many items came out as were put in, but not the same");
}

TEST(Queue, SwappedItemsAreFound) {  // with one producer, who is mostly ahead
  const Outcome o = run<Fault::swaps>(2, 1, 400'000);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("after a later one of the same producer"), std::string::npos) << o.text;
}

TEST(Queue, SomebodyHasToTakeOut) { EXPECT_EQ(run<Fault::none>(2, 2, 10).status, FG_BAD_PARAMETER); }

TEST(Queue, DescriptionFollowsTheQueue) {
  constexpr fg_workload w = fairground::describe<Queued<Odd<Fault::none>>>();
  EXPECT_EQ(w.capabilities, 0u);
  EXPECT_EQ(w.control, nullptr);
}
}  // namespace
