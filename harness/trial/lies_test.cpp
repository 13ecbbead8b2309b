// Trials of lies.so, which says what isn't so and asks for what can't be: each is contained, and told where it can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <set>
#include <string>
#include <tuple>

#include "load/plugin.hpp"
#include "trial/specs_for_test.hpp"

namespace fairground::trial {
namespace {

using testing::HasSubstr;

struct Lie {
  const char* name;
  const char* status_of_threads;
  const char* reason;                         // part of it
  const char* status_of_processes = nullptr;  // nullptr: the same
};

Result run_lie(const std::string& lie, bool as_processes) {
  const std::string path = std::string(FAIRGROUND_BINARY_DIR) + "/hostile/lies.so";
  Spec spec;
  spec.workload = load::describe(load::find_workload(load::open_plugin(path), "lies"), path);
  spec.point.workload = "lies";
  spec.point.parameters = {{"lie", lie}};
  spec.point.workers = 2;
  spec.point.as_processes = as_processes;
  spec.point.time_ns = 100'000'000;
  spec.point.warmup_ns = 1'000'000;
  spec.point.deadline_ns = 1'000'000'000;
  spec.places = {{}, {}};
  spec.seed = 42;
  return run(spec, {}, {});
}

class Lies : public testing::TestWithParam<std::tuple<Lie, bool>> {};
INSTANTIATE_TEST_SUITE_P(
    Each, Lies,
    testing::Combine(
        testing::Values(Lie{"none", "ok", ""},  //
                        Lie{"count-backwards", "failed", "went backwards"},
                        Lie{"ignores-stop", "hung", "did not come back"}, Lie{"leaves-in-turn", "ok", ""},
                        Lie{"leaves-early", "failed", "run returned before it was told to stop"},
                        Lie{"never-counts", "ok", ""}, Lie{"wrong", "failed", "verify says so"},
                        Lie{"wrong-and-dies", "crashed", "signal 11"},
                        Lie{"thread-in-setup", "ok", "started a thread", "unsupported"},
                        Lie{"unknown-finding", "failed", "unknown kind 77"}, Lie{"many-findings", "ok", ""},
                        Lie{"unexpected-finding", "failed", "so it says"}, Lie{"unknown-counter", "ok", ""},
                        Lie{"unknown-resource", "failed", "the host refused a resource of kind 77"},
                        Lie{"entered-twice", "failed", "'door'"},  //
                        Lie{"keeps-permits", "failed", "'seats'"}, Lie{"releases-unheld", "failed", "'door'"},
                        Lie{"huge-state", "unsupported", "no memory"}, Lie{"huge-alloc", "unsupported", "no memory"},
                        Lie{"odd-alignment", "ok", ""}, Lie{"huge-contenders", "failed", "contenders"},
                        Lie{"nameless-contender", "ok", ""}, Lie{"unknown-contender", "crashed", "signal 11"},
                        Lie{"scribble", "failed", "wrote over the memory"}, Lie{"rewrites-worker", "ok", ""}),
        testing::Bool()),
    [](const auto& info) {
      std::string text = std::get<0>(info.param).name;
      std::replace(text.begin(), text.end(), '-', '_');
      return text + (std::get<1>(info.param) ? "_processes" : "_threads");
    });

TEST_P(Lies, AreToldWhereTheyCanBe) {
  const auto& [lie, as_processes] = GetParam();
  if (under_tsan && as_processes) GTEST_SKIP() << not_forked_under_tsan;
  const std::set<std::string> racing{"entered-twice", "scribble", "thread-in-setup"};
  if (under_tsan && racing.contains(lie.name)) GTEST_SKIP() << ended_by_tsan;
  const bool special = as_processes && lie.status_of_processes != nullptr;
  const Result r = run_lie(lie.name, as_processes);
  EXPECT_EQ(r.status, special ? lie.status_of_processes : lie.status_of_threads) << r.reason;
  if (r.status != "ok") {
    EXPECT_THAT(r.reason, HasSubstr(lie.reason));
  }
  if (r.failure) {
    EXPECT_LE(r.failure->signal, SIGRTMAX);
  }
  for (const auto& [key, value] : r.counters) EXPECT_TRUE(std::isfinite(value)) << key;
}

bool warned(const Result& r, const std::string& code) {
  return std::find(r.warnings.begin(), r.warnings.end(), code) != r.warnings.end();
}

TEST(WrongAndDies, IsWrongAllTheSame) {
  const Result r = run_lie("wrong-and-dies", false);
  EXPECT_TRUE(std::any_of(r.findings.begin(), r.findings.end(), [](const Finding& f) {
    return f.kind == "wrong-result" && f.certain && f.text == "verify says so, whatever was counted";
  }));
}

TEST(CountBackwards, IsWarnedOf) { EXPECT_TRUE(warned(run_lie("count-backwards", false), "counts-damaged")); }

TEST(Scribble, LeavesNothingOfTheBoardInTheResult) {
  if (under_tsan) GTEST_SKIP() << ended_by_tsan;
  const Result r = run_lie("scribble", false);
  ASSERT_EQ(r.status, "failed");
  EXPECT_TRUE(warned(r, "counts-damaged"));
  EXPECT_FALSE(warned(r, "no-schedstat"));
  EXPECT_EQ(r.findings.size(), 1u);
  EXPECT_TRUE(r.workers.empty()) << "units, gaps, counts: all of it would be what the plugin wrote";
  EXPECT_TRUE(r.progress.operations.empty());
  EXPECT_EQ(r.window_ns, 0u);
}

// It writes over whatever lies behind its state: what that is, nobody knows.
TEST(BeyondTheState, IsContained) {
  for (const bool as_processes : {false, true}) {
    const Result r = run_lie("beyond-state", as_processes);
    EXPECT_NE(r.status, "ok");
    EXPECT_FALSE(r.reason.empty());
  }
}

}  // namespace
}  // namespace fairground::trial
