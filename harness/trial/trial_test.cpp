// Whole trials in real processes, with plugins whose behaviour is known: the test program is its own warden and body.
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <thread>

#include "base/clock.hpp"
#include "base/descendants.hpp"
#include "base/error.hpp"
#include "load/program.hpp"
#include "trial/specs_for_test.hpp"

namespace fairground::trial {
namespace {

Result run(const Spec& spec) { return trial::run(spec, {}, {}); }

std::uint64_t total(const Result& r) {
  return std::accumulate(r.workers.begin(), r.workers.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const WorkerResult& w) { return sum + w.operations; });
}

std::int64_t longest_gap(const WorkerResult& w) { return w.longest_gap_end_ns - w.longest_gap_begin_ns; }

class Ways : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (under_tsan && GetParam()) GTEST_SKIP() << not_forked_under_tsan;
  }
};
INSTANTIATE_TEST_SUITE_P(ThreadsAndProcesses, Ways, testing::Bool(),
                         [](const auto& info) { return info.param ? "processes" : "threads"; });

TEST_P(Ways, AnOrdinaryTrialIsWhole) {
  Spec spec = spec_for("known", "known-rate", {{"op", 1'000}}, 2);
  spec.point.as_processes = GetParam();
  const Result r = run(spec);
  EXPECT_EQ(r.status, "ok") << r.reason;
  ASSERT_EQ(r.workers.size(), 2u);
  for (const WorkerResult& w : r.workers) {
    EXPECT_GT(w.operations, 0u);
    EXPECT_EQ(w.units_allowed, w.units_asked) << "the achieved pinning is read back";
    for (const unsigned unit : w.units_seen) EXPECT_EQ(unit, w.units_asked[0]);
    EXPECT_LE(w.longest_gap_end_ns, static_cast<std::int64_t>(r.window_ns));
  }
  EXPECT_GE(r.window_ns, spec.point.time_ns);
  std::uint64_t sampled = 0;
  for (const auto& row : r.progress.operations) sampled = std::accumulate(row.begin(), row.end(), sampled);
  EXPECT_EQ(sampled, total(r)) << "the series adds up to the window's operations";
}

TEST(Trial, PhasesComeInOrder) {
  const Result r = run(spec_for("known", "known-rate", {{"op", 1'000}}, 1));
  std::vector<std::string> names;
  for (const auto& phase : r.phases_ns) names.push_back(phase.first);
  const std::vector<std::string> wanted{"launch", "load",    "create",   "configure", "setup", "pin",
                                        "start",  "barrier", "warm-up",  "measure",   "stop",  "wake",
                                        "join",   "verify",  "teardown", "destroy"};
  EXPECT_EQ(names, wanted);
}

// ---- what is known comes out as known ----

TEST(Known, OneSecondOperationsAreCountedWhole) {
  Spec spec = spec_for("known", "known-rate", {{"op", 1'000'000'000}, {"by", "sleep"}}, 1);
  spec.point.time_ns = 4'000'000'000;
  const Result r = run(spec);
  ASSERT_EQ(r.status, "ok") << r.reason;
  EXPECT_GE(r.workers[0].operations, 3u);
  EXPECT_LE(r.workers[0].operations, 4u);
  ASSERT_TRUE(r.workers[0].effective_operations.has_value());
  EXPECT_NEAR(*r.workers[0].effective_operations, 4.0, 0.1);
  EXPECT_NEAR(static_cast<double>(longest_gap(r.workers[0])), 1e9, 0.1e9);
}

TEST(Known, AStallIsAGapOfItsLength) {
  Spec spec = spec_for("known", "known-stall", {}, 1);
  spec.point.time_ns = 4'500'000'000;
  const Result r = run(spec);
  ASSERT_EQ(r.status, "ok") << r.reason;
  const auto stalls = std::count_if(r.workers[0].gaps.begin(), r.workers[0].gaps.end(), [](const Gap& g) {
    return g.end_ns - g.begin_ns - static_cast<std::int64_t>(g.run_delay_ns) >= 49'000'000;  // not the scheduler's
  });
  EXPECT_GE(stalls, 2);
  EXPECT_LE(stalls, 3);
  EXPECT_GE(longest_gap(r.workers[0]), 50'000'000);
}

TEST(Known, ASlowOperationAfterFastOnesIsFound) {
  Spec spec = spec_for("known", "known-change", {}, 1);
  spec.point.time_ns = 1'000'000'000;
  const Result r = run(spec);
  ASSERT_EQ(r.status, "ok") << r.reason;
  const auto slow = std::count_if(r.workers[0].gaps.begin(), r.workers[0].gaps.end(),
                                  [](const Gap& g) { return g.operations == 1 && g.end_ns - g.begin_ns >= 5'000'000; });
  EXPECT_GE(slow, 10) << "operations of 5 ms are stamped one by one";
}

TEST(Known, TheAbsentOneIsFoundBeforeTheWindowOpens) {
  const Result r = run(spec_for("known", "known-absent", {}, 3));
  EXPECT_TRUE(
      std::any_of(r.findings.begin(), r.findings.end(), [](const Finding& f) { return f.kind == "starvation"; }));
  EXPECT_NE(std::find(r.warnings.begin(), r.warnings.end(), "opening-deadline"), r.warnings.end());
}

// ---- hostile plugins: contained, recorded, and the phase named ----

struct Act {
  const char* where;
  const char* how;
};
class Hostile : public testing::TestWithParam<Act> {};

std::vector<Act> acts() {
  std::vector<Act> all;
  for (const char* where : {"create", "configure", "state-bytes", "contenders", "contender", "setup", "start",
                            "worker-start", "run", "worker-stop", "wake", "verify", "teardown", "destroy"}) {
    for (const char* how :
         {"segv", "overflow", "abort", "kill", "exit", "exit-3", "exec", "throw", "spin", "sleep", "stop"}) {
      all.push_back({where, how});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(EachFunction, Hostile, testing::ValuesIn(acts()), [](const auto& info) {
  std::string text = std::string(info.param.where) + "_" + info.param.how;
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
});

// An `exec`ed program sleeps on in the body's place, so it is late rather than dead.
bool hangs(const std::string& how) { return how == "spin" || how == "sleep" || how == "stop" || how == "exec"; }

Spec hostile_spec(const std::string& where, const std::string& how) {
  Spec spec = where == "create" ? spec_for("hostile", "hostile-create-" + how, {}, 2)
                                : spec_for("hostile", "hostile", {{"where", where}, {"how", how}, {"after", 0}}, 2);
  spec.point.time_ns = 50'000'000;
  spec.point.deadline_ns = hangs(how) ? 300'000'000 : 10'000'000'000;  // none that is only reached on a busy machine
  return spec;
}

bool no_child_is_left() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

int signal_of(const std::string& how) {
  if (how == "segv" || how == "overflow") return SIGSEGV;
  if (how == "abort" || how == "throw") return SIGABRT;
  return how == "kill" ? SIGKILL : 0;
}

// Crashed, with the signal where there was one; hung where it did not come back; and nothing stays behind.
TEST_P(Hostile, IsContainedAndRecorded) {
  const std::string where = GetParam().where;
  const std::string how = GetParam().how;
  const Result r = run(hostile_spec(where, how));
  EXPECT_EQ(r.status, hangs(how) ? "hung" : "crashed") << r.reason;
  EXPECT_FALSE(r.reason.empty());
  ASSERT_TRUE(r.failure.has_value());
  EXPECT_FALSE(r.failure->phase.empty());
  EXPECT_EQ(r.failure->signal, signal_of(how));
  if (where == "wake" && r.failure->phase == "wake") {  // a busy machine may be late before that
    EXPECT_EQ(r.failure->worker, -1) << "a function of the control thread's";
  }
  const bool on_worker = where == "run" || where == "worker-start" || where == "worker-stop";
  if (on_worker && (signal_of(how) == SIGSEGV || signal_of(how) == SIGABRT)) {
    EXPECT_EQ(r.failure->worker, 0);
    EXPECT_FALSE(r.failure->backtrace.empty());
  }
  EXPECT_TRUE(no_child_is_left());
}

class Disturbing : public testing::TestWithParam<Act> {};

std::vector<Act> disturbances() {
  std::vector<Act> all;
  for (const char* where : {"configure", "setup", "start", "worker-start", "run", "verify", "destroy"}) {
    for (const char* how : {"child", "child-setsid", "child-double", "fork-storm", "twin", "thread", "kill-parent",
                            "close-descriptors", "eat-descriptors", "block-signals", "affinity", "truncate", "flood"}) {
      all.push_back({where, how});
    }
  }
  return all;
}
INSTANTIATE_TEST_SUITE_P(EachFunction, Disturbing, testing::ValuesIn(disturbances()), [](const auto& info) {
  std::string text = std::string(info.param.where) + "_" + info.param.how;
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
});

TEST_P(Disturbing, EndsAndLeavesNothing) {
  Spec spec = hostile_spec(GetParam().where, GetParam().how);
  spec.point.deadline_ns = 2'000'000'000;  // none of them hangs, however busy the machine
  const Result r = run(spec);
  EXPECT_TRUE(no_child_is_left());
  if (std::string(GetParam().how) == "flood") {
    EXPECT_EQ(r.status, "ok") << r.reason;
    EXPECT_LE(r.output.size(), 16'384u);
  }
  if (std::string(GetParam().how).starts_with("child") || std::string(GetParam().how) == "truncate") {
    EXPECT_EQ(r.status, "ok") << r.reason;
  }
  if (std::string(GetParam().how) == "kill-parent") {
    EXPECT_EQ(r.status, "crashed") << r.reason;
  }
}

class Returns : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Statuses, Returns,
                         testing::Values("unsupported", "no-resource", "wrong", "internal", "unknown-status", "no-text",
                                         "unterminated", "not-utf8"));

TEST_P(Returns, TheStatusHasItsMeaningAndItsSentence) {
  const std::string how = GetParam();
  for (const char* where : {"setup", "start", "worker-start", "run", "worker-stop", "verify", "teardown"}) {
    const Result r = run(hostile_spec(where, how));
    const bool unsupported = how == "unsupported" || how == "no-resource";
    EXPECT_EQ(r.status, unsupported ? "unsupported" : "failed") << where << ": " << r.reason;
    EXPECT_FALSE(r.reason.empty());
    EXPECT_LE(r.reason.size(), 600u);
    EXPECT_NO_THROW((void)nlohmann::json(r.reason).dump()) << "UTF-8, whatever the plugin wrote";
  }
}

TEST(Trial, ThePhaseInWhichRunReturnedIsNamed) {
  const Result r = run(hostile_spec("run", "internal"));  // before it did anything, so the window can't be open
  EXPECT_TRUE(r.reason.starts_with("worker 0 in phase warm-up:")) << r.reason;
}

bool warned(const Result& r, const std::string& code) {
  return std::find(r.warnings.begin(), r.warnings.end(), code) != r.warnings.end();
}

// Changes a limit of this process, which its children have too, until it goes.
class Limited {
 public:
  Limited(__rlimit_resource what, rlim_t soft) : what_(what) {
    getrlimit(what, &before_);
    const rlimit now{soft, before_.rlim_max};
    setrlimit(what, &now);
  }
  ~Limited() { setrlimit(what_, &before_); }
  Limited(const Limited&) = delete;
  Limited& operator=(const Limited&) = delete;

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

TEST(Trial, EachWorkerHasADescriptorForItsRunDelay) {
  const Limited few(RLIMIT_NOFILE, 90);
  const Result r = run(spec_for("known", "known-rate", {{"op", 1'000'000}, {"by", "sleep"}}, 100));
  EXPECT_EQ(r.status, "ok") << r.reason;
  EXPECT_FALSE(warned(r, "no-schedstat"));
}

TEST(Trial, RunDelayThatIsNotKnownIsSaid) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan can't do without the descriptors that the plugin eats";
#endif
  const Result r = run(hostile_spec("setup", "eat-descriptors"));
  EXPECT_TRUE(warned(r, "no-schedstat"));
  for (const WorkerResult& w : r.workers) EXPECT_FALSE(w.gap_delays_known);
}

TEST(Trial, AWindowThatEndedLateIsSaid) {
  const auto sleep_over_the_end = [](const Sample& sample) {
    if (sample.phase == "measure") std::this_thread::sleep_for(std::chrono::milliseconds(300));
  };
  const Result r = trial::run(spec_for("known", "known-rate", {{"op", 1'000}}, 1), sleep_over_the_end, {});
  EXPECT_EQ(r.status, "ok") << r.reason;
  EXPECT_TRUE(warned(r, "window-late"));
}

// One who may have few threads and processes. In a child of its own, for what is given up can't be had back.
std::string outcome_for_nobody(const Spec& spec) {
  int ends[2];
  if (pipe(ends) != 0) return "";
  const pid_t child = fork();
  if (child == 0) {
    constexpr unsigned nobody = 65'534;
    const rlimit few{60, 60};
    setrlimit(RLIMIT_NPROC, &few);
    if (setgroups(0, nullptr) != 0 || setgid(nobody) != 0 || setuid(nobody) != 0) _exit(1);
    const Result r = run(spec);
    const std::string text = r.status + ": " + r.reason;
    _exit(write(ends[1], text.data(), text.size()) < 0);
  }
  close(ends[1]);
  std::string text(600, 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, read(ends[0], text.data(), text.size()))));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

TEST_P(Ways, WorkersThatCannotAllBeMadeAreUnsupported) {
  if (geteuid() != 0) GTEST_SKIP() << "root alone can become one whom the limit binds";
  Spec spec = spec_for("known", "known-rate", {{"op", 1'000}}, 100);
  spec.point.as_processes = GetParam();
  const std::string text = outcome_for_nobody(spec);
  EXPECT_TRUE(text.starts_with("unsupported: ")) << text;
  EXPECT_NE(text.find(GetParam() ? " of 100 processes could be started" : " of 100 threads could be started"),
            std::string::npos)
      << text;
}

unsigned open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<unsigned>(std::distance(begin(all), end(all)));
}

TEST(Trial, ARefusedLaunchLeavesNothingOpen) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UBSan can't do without the descriptors that are refused";
#endif
  const Spec spec = spec_for("known", "known-rate", {{"op", 1'000}}, 1);
  std::signal(SIGPIPE, SIG_IGN);  // as the program has it: a warden may be gone before it is told to end
  run(spec);                      // what is opened once and kept
  const unsigned before = open_descriptors();
  rlimit old{};
  getrlimit(RLIMIT_NOFILE, &old);
  unsigned refused = 0;
  for (unsigned more = 0; more < 8; ++more) {
    const rlimit few{before - 1 + more, old.rlim_max};  // the folder that is counted in had one of its own
    setrlimit(RLIMIT_NOFILE, &few);
    try {
      run(spec);
    } catch (const SystemError&) {
      ++refused;
    }
    setrlimit(RLIMIT_NOFILE, &old);
    EXPECT_EQ(open_descriptors(), before) << more;
  }
  EXPECT_GE(refused, 5u) << "each step of it was refused once";
}

TEST(Trial, AProgramThatCannotBeExecutedIsTheMachinesRefusal) {
  const std::string own = load::program_path();
  for (const char* program : {"/nowhere", "/bin/false"}) {
    load::set_program_path(program);
    const Result r = run(spec_for("known", "known-rate", {{"op", 1'000}}, 1));
    EXPECT_EQ(r.status, program == std::string("/nowhere") ? "unsupported" : "crashed") << r.reason;
    EXPECT_EQ(r.refused, r.status == "crashed" ? Refused::no : Refused::by_machine);
    EXPECT_TRUE(r.findings.empty() == (r.status == "unsupported"));
  }
  load::set_program_path(own);
}

TEST(Trial, ValuesThatTheWorkloadRefusesAreToldFromWhatIsWrong) {
  const Result r = run(spec_for("hostile", "hostile", {{"where", "configure"}, {"how", "bad-parameter"}}, 1));
  EXPECT_EQ(r.status, "failed");
  EXPECT_EQ(r.refused, Refused::by_workload);
  EXPECT_EQ(run(spec_for("hostile", "hostile", {{"where", "verify"}, {"how", "wrong"}}, 1)).refused, Refused::no);
}

TEST(Trial, InterruptionEndsItAndKeepsTheCounts) {
  Spec spec = spec_for("known", "known-rate", {{"op", 1'000}}, 1);
  spec.point.time_ns = 60'000'000'000;
  const std::uint64_t begun = monotonic_ns();
  const Result r = trial::run(spec, {}, [&] { return monotonic_ns() - begun > 300'000'000; });
  EXPECT_EQ(r.status, "interrupted");
  EXPECT_GT(total(r), 0u);
  EXPECT_LT(r.window_ns, 10'000'000'000u);
}

}  // namespace
}  // namespace fairground::trial

// The other copy of this program in orphans_test.cpp: a trial of 20 s whose plugin leaves a child behind.
static int supervise(const char* how) {
  fairground::trial::Spec spec = fairground::trial::hostile_spec("setup", how);
  spec.point.time_ns = 20'000'000'000;
  return fairground::trial::run(spec, {}, {}).status == "ok" ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--warden") == 0) return fairground::trial::warden_main(argc, argv);
  fairground::become_subreaper();
  if (argc > 2 && std::strcmp(argv[1], "--supervise") == 0) return supervise(argv[2]);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
