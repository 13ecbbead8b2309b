#include "signals.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// Each tenth comes with another number.
struct Mistaken {
  static int queue(int number, sigval value) {
    if (value.sival_int % 10 == 9) ++value.sival_int;
    return ToOneself::queue(number, value);
  }
};
// One is lost.
struct Lossy {
  static int queue(int number, sigval value) { return value.sival_int == 5 ? 0 : ToOneself::queue(number, value); }
};
constexpr fg_workload mistaken = fairground::describe<Signals<Mistaken>>();
constexpr fg_workload lossy = fairground::describe<Signals<Lossy>>();

TEST(Signals, AnotherNumberIsFound) {
  Job job;
  job.operations = 80;
  const auto o = fairground::testing::run(mistaken, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "8 signals came with another number, sender or place in the order");
}

TEST(Signals, ALostOneIsFound) {
  Job job;
  job.operations = 80;
  job.set = {{"queued", 4}};
  const auto o = fairground::testing::run(lossy, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "1 signals did not come within 1 s");
}
}  // namespace
