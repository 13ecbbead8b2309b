#include "trial/task_figures.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace fairground::trial {
namespace {

// A thread that has slept so many times, and stays.
class Sleeper {
 public:
  explicit Sleeper(int times)
      : thread_([this, times] {
          for (int i = 0; i < times; ++i) std::this_thread::sleep_for(std::chrono::microseconds(200));
          tid_ = gettid();
          tid_.notify_all();
          leave_.wait(false);
        }) {
    tid_.wait(0);
  }
  ~Sleeper() {
    leave_ = true;
    leave_.notify_all();
    thread_.join();
  }
  [[nodiscard]] pid_t tid() const { return tid_; }

 private:
  std::atomic<pid_t> tid_{0};
  std::atomic<bool> leave_{false};
  std::thread thread_;
};

TEST(TaskFigures, OfAProcessAreThoseOfAllItsThreads) {
  const Sleeper a(100), b(100);
  const TaskFigures one = read_task_figures(getpid(), a.tid(), false);
  const TaskFigures main = read_task_figures(getpid(), getpid(), false);
  const TaskFigures all = read_task_figures(getpid(), getpid(), true);
  EXPECT_GE(one.voluntary_switches, 100u);
  EXPECT_GE(all.voluntary_switches, main.voluntary_switches + 200);
  if (one.run_delay_ns && main.run_delay_ns) {
    ASSERT_TRUE(all.run_delay_ns.has_value());
    EXPECT_GE(*all.run_delay_ns, *one.run_delay_ns + *main.run_delay_ns);
  }
}

TEST(TaskFigures, WhatTheKernelDoesNotSayIsNoZero) {
  for (const bool whole_process : {false, true}) {
    const TaskFigures none = read_task_figures(999'999'999, 999'999'999, whole_process);
    EXPECT_FALSE(none.run_delay_ns.has_value());
    EXPECT_FALSE(none.migrations.has_value());
    const TaskFigures here = read_task_figures(getpid(), getpid(), whole_process);
    EXPECT_FALSE((here - none).run_delay_ns.has_value());
  }
}

TEST(RunDelayBetween, IsWhatTheKernelToldUnlessAWaitIsStillOn) {
  constexpr std::uint64_t ms = 1'000'000;
  const auto delay = [](TaskFigures f, bool idle = false) {
    f.at_ns = 100 * ms;
    return run_delay_between(f, idle);
  };
  TaskFigures f{.user_ns = 40 * ms, .run_delay_ns = 30 * ms, .voluntary_switches = 3, .ready = true};
  f.involuntary_switches = 1;
  EXPECT_EQ(delay(f), 30 * ms) << "it slept, nobody knows how long";
  f.run_delay_ns = 250 * ms;
  EXPECT_EQ(delay(f), 60 * ms) << "begun before";
  f.run_delay_ns = 0, f.voluntary_switches = 0;
  EXPECT_EQ(delay(f), 60 * ms) << "still on";
  f.ready = false;
  EXPECT_EQ(delay(f), 0u) << "asleep at one of the ends";
  f.ready = true, f.involuntary_switches = 0;
  EXPECT_EQ(delay(f), 0u) << "it never left its unit: its CPU time may be late";
  f = {.run_delay_ns = 0, .ready = true};
  EXPECT_EQ(delay(f, true), 100 * ms) << "it never ran";
  EXPECT_EQ(delay(f, false), 0u) << "it ran, for it did something";
  f = {.user_ns = 96 * ms, .run_delay_ns = 1 * ms, .involuntary_switches = 2, .ready = true};
  EXPECT_EQ(delay(f), 1 * ms) << "it runs";
  f.run_delay_ns.reset();
  EXPECT_EQ(delay(f), std::nullopt);
}

TEST(HardlyHadAUnit, IsWhoWaitedForOneMoreThanTheOthers) {
  const auto first_of_two = [](std::optional<std::uint64_t> run_delay_ns, std::uint64_t cpu_ns) {
    const std::array<UnitTime, 2> workers{UnitTime{run_delay_ns, cpu_ns}, UnitTime{0, 50 - cpu_ns}};
    return hardly_had_a_unit(workers, 0, 100);
  };
  EXPECT_TRUE(first_of_two(51, 1));
  EXPECT_FALSE(first_of_two(49, 1)) << "for less than half of the time";
  EXPECT_FALSE(first_of_two(75, 25)) << "as long as all others: four on a unit";
  EXPECT_FALSE(first_of_two(std::nullopt, 0));
}

TEST(TaskFigures, SayWhetherAThreadIsReady) {
  const Sleeper asleep(1);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);  // it may be on its way
  while (read_task_figures(getpid(), asleep.tid(), false).ready && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_FALSE(read_task_figures(getpid(), asleep.tid(), false).ready);
  const TaskFigures me = read_task_figures(getpid(), gettid(), false);
  EXPECT_TRUE(me.ready);
  EXPECT_GT(me.at_ns, 0u);
}

}  // namespace
}  // namespace fairground::trial
