// That the verification of meeting.hpp can fail: a barrier that doesn't hold everybody each time.
#include "kit/meeting.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "kit/patience.hpp"
#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Met;
using fairground::testing::Job;
using fairground::testing::Outcome;

// Once in Leaky rounds, if that isn't 0, worker 1 doesn't wait.
template <unsigned Leaky>
struct Odd {
  static constexpr fairground::kit::MeetingInfo info{
      .id = "odd", .summary = "a barrier of the tests", .processes = true};
  struct Local {
    std::uint64_t round = 0;
  };
  void init(fairground::Host host, bool) { workers = host.workers(); }
  void meet(Local& local, std::uint32_t worker) {
    const std::uint64_t all = ++local.round * workers;
    arrivals.fetch_add(1);
    if (Leaky != 0 && worker == 1 && local.round % Leaky == 0) return;
    for (fairground::kit::Patience patience; arrivals.load() < all;) patience();
  }
  std::atomic<std::uint64_t> arrivals;
  std::uint64_t workers = 0;
};

template <unsigned Leaky>
Outcome run(unsigned workers, bool check, bool as_processes = false) {
  static constexpr fg_workload workload = fairground::describe<Met<Odd<Leaky>>>();
  Job job;
  job.workers = workers;
  job.as_processes = as_processes;
  job.operations = 100;
  job.set = {{"outside", 1'000}, {"check", check ? 1 : 0}};
  return fairground::testing::run(workload, job);
}

TEST(Meeting, ARightOnePasses) {
  for (const bool check : {false, true})
    for (const unsigned workers : {1u, 2u, 3u}) {
      const Outcome o = run<0>(workers, check, workers == 3);
      EXPECT_EQ(o.status, FG_OK) << o.text;
      for (const std::uint64_t count : o.counts) EXPECT_EQ(count, 100u);
    }
}

TEST(Meeting, WhoLeavesEarlyIsFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  for (const bool check : {false, true}) {
    const Outcome o = run<2>(3, check);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_NE(o.text.find("left a round before another"), std::string::npos) << o.text;
  }
}
}  // namespace
