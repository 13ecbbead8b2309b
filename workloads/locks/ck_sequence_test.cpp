// That ck-sequence's verification can fail: readers that never look back, and writers that don't exclude each other.
#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

extern "C" {
#include <ck_sequence.h>
#include <spinlock/fas.h>
}

namespace {
bool looks_back = true, excludes = true;
bool retry(const ck_sequence_t* sequence, unsigned version) {
  return looks_back && ck_sequence_read_retry(sequence, version);
}
void lock_writer(ck_spinlock_fas_t* lock) {
  if (excludes) ck_spinlock_fas_lock(lock);
}
}  // namespace
#define ck_sequence_read_retry retry
#define ck_spinlock_fas_lock lock_writer
#include "ck_sequence.cpp"

namespace {
fairground::testing::Outcome run(std::int64_t writers) {
  fairground::testing::Job job;
  job.workers = 4;
  job.stop_after_ms = 300;
  job.set = {{"section", 2'000}, {"writers", writers}};
  return fairground::testing::run(fairground_workload_ck_sequence, job);
}

TEST(CkSequence, IsRightAsItIs) {
  const auto o = run(1);
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GT(o.counters.at("reads"), 0.0);
}

TEST(CkSequence, AReaderThatNeverLooksBackIsFound) {
  looks_back = false;
  const auto o = run(1);
  looks_back = true;
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("reads found other words"), std::string::npos) << o.text;
}

TEST(CkSequence, WritersThatDontExcludeEachOtherAreFound) {
#ifdef FAIRGROUND_TSAN
  GTEST_SKIP() << "the race in it is what ThreadSanitizer itself reports";
#endif
  excludes = false;
  const auto o = run(4);
  excludes = true;
  EXPECT_EQ(o.status, FG_WRONG);
}
}  // namespace
