#include "trial/task_figures.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

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

}  // namespace
}  // namespace fairground::trial
