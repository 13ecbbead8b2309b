#include "processes.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

TEST(Processes, TreesThatWouldFillTheMachineAreRefused) {
  Job job;
  job.operations = 1;
  job.set = {{"depth", 8}, {"children", 8}};
  const auto o = fairground::testing::run(fairground_workload_processes, job);
  EXPECT_EQ(o.status, FG_BAD_PARAMETER);
  EXPECT_EQ(o.text, "depth and children: trees of 19173960 processes for 1 workers; at most 4000 in all");
}

struct Forgetful {
  static int status(int token) { return token == 3 ? 4 : token; }
};
constexpr fg_workload forgetful = fairground::describe<Processes<Forgetful>>();

TEST(Processes, AnotherStatusIsFound) {
  Job job;
  job.operations = 10;
  job.set = {{"depth", 1}};
  const auto o = fairground::testing::run(forgetful, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text.rfind("1 trees did not end as agreed", 0), 0u) << o.text;
}

TEST(Processes, AWholeTreeIsWaitedFor) {
  for (const std::int64_t way : {0, 2}) {
    Job job;
    job.operations = 3;
    job.set = {{"way", way}, {"depth", 3}, {"children", 3}};
    const auto o = fairground::testing::run(fairground_workload_processes, job);
    EXPECT_EQ(o.status, FG_OK) << o.text;
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD) << "none is left";
  }
}
}  // namespace
