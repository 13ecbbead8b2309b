// Trials beside each other: one window for all, and whatever becomes of one is told of the whole.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <numeric>

#include "base/clock.hpp"
#include "trial/specs_for_test.hpp"

namespace fairground::trial {
namespace {

Spec known(unsigned workers) { return spec_for("known", "known-rate", {{"op", 1'000}}, workers); }

std::uint64_t total(const Result& r) {
  return std::accumulate(r.workers.begin(), r.workers.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const WorkerResult& w) { return sum + w.operations; });
}

bool no_child_is_left() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(Companions, ShareOneWindow) {
  Spec spec = known(2);
  spec.companions = {known(1), known(2)};
  const Result r = run(spec, {}, {});
  ASSERT_EQ(r.status, "ok") << r.reason;
  ASSERT_EQ(r.companions.size(), 2u);
  EXPECT_EQ(r.companions[1].workers.size(), 2u);
  for (const Result& c : r.companions) {
    EXPECT_EQ(c.status, "ok") << c.reason;
    EXPECT_GT(total(c), 0u);
    const auto begins = static_cast<std::int64_t>(c.window_start_realtime_ns - r.window_start_realtime_ns);
    EXPECT_LT(std::abs(begins), static_cast<std::int64_t>(r.window_ns / 4)) << "opened in one pass";
    EXPECT_NEAR(static_cast<double>(c.window_ns), static_cast<double>(r.window_ns),
                static_cast<double>(r.window_ns) / 4);
  }
  EXPECT_GT(total(r), 0u);
  EXPECT_TRUE(no_child_is_left());
}

TEST(Companions, OneThatEndsEndsTheTrialAndNamesItself) {
  for (const auto& [how, status] :
       {std::pair{"segv", "crashed"}, {"wrong", "failed"}, {"no-resource", "unsupported"}}) {
    Spec spec = known(1);
    spec.companions = {known(1), spec_for("hostile", "hostile", {{"where", "run"}, {"how", how}, {"after", 0}}, 1)};
    const Result r = run(spec, {}, {});
    EXPECT_EQ(r.status, status) << r.reason;
    EXPECT_TRUE(r.reason.starts_with("hostile beside it: ")) << r.reason;
    EXPECT_TRUE(no_child_is_left());
  }
}

TEST(Companions, OneThatNeverBeginsLeavesNothingToMeasure) {
  Spec spec = known(1);
  spec.companions = {spec_for("hostile", "hostile", {{"where", "setup"}, {"how", "unsupported"}, {"after", 0}}, 1),
                     known(1)};
  const Result r = run(spec, {}, {});
  EXPECT_EQ(r.status, "unsupported") << r.reason;
  EXPECT_EQ(r.companions.size(), 1u) << "the others were not started";
  EXPECT_TRUE(r.workers.empty());
  EXPECT_EQ(r.window_ns, 0u);
  EXPECT_TRUE(no_child_is_left());
}

TEST(Companions, OneThatHangsAtTheEndIsEndedAndTheSubjectKeepsItsCounts) {
  Spec spec = known(1);
  Spec hanging = spec_for("hostile", "hostile", {{"where", "verify"}, {"how", "sleep"}, {"after", 0}}, 1);
  hanging.point.deadline_ns = 300'000'000;
  spec.companions = {hanging};
  const Result r = run(spec, {}, {});
  EXPECT_EQ(r.status, "hung") << r.reason;
  EXPECT_EQ(r.companions.at(0).status, "hung");
  EXPECT_GT(total(r), 0u);
  EXPECT_TRUE(no_child_is_left());
}

TEST(Companions, AreEndedByAnInterruption) {
  Spec spec = known(1);
  spec.companions = {known(1)};
  spec.point.time_ns = 60'000'000'000;
  const std::uint64_t begun = monotonic_ns();
  const Result r = run(spec, {}, [&] { return monotonic_ns() - begun > 300'000'000; });
  EXPECT_EQ(r.status, "interrupted");
  EXPECT_TRUE(no_child_is_left());
}

TEST(Companions, ASubjectThatCrashesEndsThem) {
  Spec spec = spec_for("hostile", "hostile", {{"where", "run"}, {"how", "segv"}, {"after", 0}}, 1);
  spec.companions = {known(1)};
  const Result r = run(spec, {}, {});
  EXPECT_EQ(r.status, "crashed");
  EXPECT_EQ(r.companions.at(0).status, "ok");
  EXPECT_TRUE(no_child_is_left());
}

}  // namespace
}  // namespace fairground::trial
