#include "tcp_echo.cpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;
using fairground::testing::Outcome;

template <class Reply>
Outcome echo(Job job) {
  static constexpr fg_workload workload = fairground::describe<TcpEcho<Reply>>();
  return fairground::testing::run(workload, job);
}

TEST(TcpEcho, ConnectionsAreTheContenders) {
  Job job;
  job.workers = 2;
  job.operations = 3'000;  // enough for each, though a server may be long without a unit
  job.set = {{"connections", 3}, {"servers", 2}};
  const Outcome o = echo<fairground::io::Faithful>(job);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  ASSERT_EQ(o.contender_counts.size(), 6u);
  EXPECT_EQ(o.contender_classes, std::vector<std::string>(6, "connection"));
  for (const std::uint64_t count : o.contender_counts) EXPECT_GT(count, 0u);
  EXPECT_EQ(std::accumulate(o.contender_counts.begin(), o.contender_counts.end(), std::uint64_t{0}), 6'000u);
}

TEST(TcpEcho, TheLargestMessagesComeBack) {
  Job job;
  job.workers = 2;
  job.operations = 200;
  job.set = {{"connections", 8}, {"size", 32 << 10}};
  const Outcome o = echo<fairground::io::Faithful>(job);
  EXPECT_EQ(o.status, FG_OK) << o.text;
}

std::atomic<int> messages;
struct FlipsABit {
  static void change(char* message, std::size_t bytes) {
    if (++messages == 100) message[bytes - 1] ^= 1;
  }
};

TEST(TcpEcho, AFlippedBitIsFound) {
  messages = 0;
  Job job;
  job.operations = 1'000;
  const Outcome o = echo<FlipsABit>(job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_LT(o.operations(), 110u);  // others may be read before it
  EXPECT_NE(o.text.find("got back other bytes than it sent"), std::string::npos) << o.text;
}

// A server that answers too late for the stop: the workers sleep until they are woken.
std::atomic<bool> stalled;
struct Stalls {
  static void change(char*, std::size_t) {
    if (++messages != 50) return;
    stalled = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
  }
};

TEST(TcpEcho, SleepersAreWoken) {
  messages = 0;
  stalled = false;
  Job job;
  job.workers = 2;
  job.stop_after_ms = 100;
  const Outcome o = echo<Stalls>(job);
  EXPECT_TRUE(stalled);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_LT(o.operations(), 50u);
}

struct Refuses {
  static void change(char*, std::size_t) { throw std::runtime_error("no"); }
};

TEST(TcpEcho, AServerThatHangsUpIsAnError) {
  Job job;
  job.operations = 10;
  const Outcome o = echo<Refuses>(job);
  EXPECT_EQ(o.status, FG_INTERNAL);
  EXPECT_EQ(o.text, "the server hung up");
}
}  // namespace
