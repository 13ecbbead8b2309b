#include "paging.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// The kernel keeps the pages that were given back.
struct Keeps {
  static int away(const Mapping&) { return 0; }
};
constexpr fg_workload keeping = fairground::describe<Paging<Keeps>>();

TEST(Paging, MorePagesThanThereAreAreRefused) {
  Job job;
  job.operations = 1;
  job.workers = 1'000;
  job.set = {{"pages", 1 << 24}};
  EXPECT_EQ(fairground::testing::run(fairground_workload_paging, job).status, FG_NO_RESOURCE);
}

TEST(Paging, APageThatIsNotNewIsFound) {
  Job job;
  job.operations = 20;
  job.set = {{"pages", 8}};
  const auto o = fairground::testing::run(keeping, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "12 new pages were not zero");
}
}  // namespace
