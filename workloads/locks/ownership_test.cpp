// That the verification of ownership can fail: primitives that don't keep what they promise.
#include "ownership.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::kit::Owned;
using fairground::testing::Job;
using fairground::testing::Outcome;

// Says 0 to whoever gives it back, but keeps it.
struct Flattering : Owned {
  int give_back() {
    Owned::give_back();
    return 0;
  }
};
// The lock is lost when its owner repairs what it guards.
struct Unforgiving : Owned {
  int repaired() { return 0; }
};
// Refuses with the right answer, and lets go all the same.
struct Leaky : Owned {
  void create(Primitive p) {
    made = p;
    Owned::create(p);
  }
  int take_soon() {
    const int answer = Owned::take_soon();
    if (made == errorcheck) Owned::give_back();
    return answer;
  }
  Primitive made;
};

template <class P>
Outcome run(std::int64_t primitive) {
  static constexpr fg_workload workload = fairground::describe<Ownership<P>>();
  Job job;
  job.workers = 2;
  job.operations = 2 * promise_count;
  job.set = {{"primitive", primitive}};
  return fairground::testing::run(workload, job);
}

class OwnershipTest : public testing::Test {
  void SetUp() override {
#ifdef FAIRGROUND_TSAN
    GTEST_SKIP() << "ThreadSanitizer reports the misuse that this workload is made of";
#endif
  }
};

TEST_F(OwnershipTest, EveryAnswerIsAskedFor) {
  const Outcome o = run<Owned>(5);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  for (const auto& promise : promises) EXPECT_EQ(o.counters.at(promise.key), promise.answer) << promise.key;
}

TEST_F(OwnershipTest, OneAlone) {
  const Outcome o = run<Owned>(Owned::robust);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_EQ(o.counters.at("robust_death"), EOWNERDEAD);
  EXPECT_EQ(o.counters.at("semaphore_stranger"), -1.0);
}

TEST_F(OwnershipTest, ABrokenPromiseIsFound) {
  const Outcome o = run<Flattering>(Owned::recursive);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("the answer was 0, promised is 1"), std::string::npos) << o.text;
}

TEST_F(OwnershipTest, ARightAnswerWithoutItsConsequenceIsFound) {
  for (const Outcome& o : {run<Unforgiving>(Owned::robust), run<Leaky>(Owned::errorcheck)}) {
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_NE(o.text.find("left the primitive otherwise"), std::string::npos) << o.text;
  }
}
}  // namespace
