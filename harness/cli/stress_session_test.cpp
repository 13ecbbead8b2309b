// Stress runs with invented trials: limits, refusals, and every way to the end.
#include "cli/stress_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/results_for_test.hpp"
#include "cli/stress_trial.hpp"
#include "machine/root_for_test.hpp"
#include "record/reader.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::uint64_t ms = 1'000'000, second = 1'000 * ms;

plan::WorkloadInfo workload(const std::string& id) {
  plan::WorkloadInfo w;
  w.id = id;
  w.family = w.group = "test";
  w.plugin = "/nowhere/test.so";
  return w;
}

// A while of a trial; less if it is told to end.
trial::Result lasting(const trial::Spec& spec, std::uint64_t ns, const std::function<bool()>& interrupted) {
  trial::Result result = good(spec);
  for (const std::uint64_t end = monotonic_ns() + ns; monotonic_ns() < end;) {
    if (interrupted()) {
      result.status = "interrupted";
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return result;
}

class StressSessionTest : public testing::Test {
 protected:
  StressSessionTest() {
    plan_.machine.units = {{0, 0, 0, 0, 0, 0, -1, 0}, {1, 1, 0, 0, 0, 0, -1, 0}};
    plan_.machine.packages = plan_.machine.nodes = plan_.machine.caches = 1;
    plan_.machine.cores = 2;
    plan_.workloads = {workload("one"), workload("two")};
    plan_.bounds.workers = 4;
    plan_.memory_bytes = plan_.processes = UINT64_MAX;
    plan_.limits.disk_bytes.value = UINT64_MAX;
    plan_.jobs = 2;
    plan_.for_ns = second;
    plan_.seed = 7;
    plan_.folder = folder_.path() / "run";
    plan_.shown_folder = "run";
    plan_.argv = {"fairground", "stress"};
  }

  // Its exit code; what it printed is in text_.
  int run(const TrialRunner& runner) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    std::thread reader([&] {
      char part[4096];
      for (ssize_t n = 0; (n = read(ends[0], part, sizeof part)) > 0;) text_.append(part, static_cast<std::size_t>(n));
    });
    const auto end = [&] {
      close(ends[1]);
      reader.join();
      close(ends[0]);
    };
    try {
      Screen screen(ends[1], Style{});
      const int code = run_stress(plan_, runner, screen, [] { return false; });
      end();
      return code;
    } catch (...) {
      end();
      throw;
    }
  }

  std::vector<json> trials(const char* role = "measured") {
    std::vector<json> all;
    for (const json& line : record::read_run(plan_.folder).lines) {
      if (line.value("record", "") == "trial" && line.value("role", "") == role) all.push_back(line);
    }
    return all;
  }

  PrivateFolder folder_{"stress-session-test"};
  StressPlan plan_;
  std::string text_;
};

TEST_F(StressSessionTest, GoesOnWhereNoDrawCanBeAskedAbout) {
  ::setenv("TMPDIR", (folder_.path() / "gone").c_str(), 1);
  EXPECT_EQ(run([](const auto& spec, const auto&, const auto& end) { return lasting(spec, 20 * ms, end); }), 0);
  ::unsetenv("TMPDIR");
  EXPECT_GT(trials().size(), 20u);
  EXPECT_TRUE(record::read_run(plan_.folder).complete);
}

TEST_F(StressSessionTest, EndsItsJobsWhenTheMainThreadCannotGoOn) {
  plan_.for_ns = 3600 * second;
  const std::thread::id main = std::this_thread::get_id();
  EXPECT_THROW(run([&](const auto& spec, const auto&, const auto& end) {
                 if (std::this_thread::get_id() == main) throw UserError("the disk is full");  // running it again alone
                 trial::Result result = lasting(spec, 20 * ms, end);
                 if (spec.point.workload == "one") result.status = "failed", result.reason = "it is wrong";
                 return result;
               }),
               UserError);
}

TEST_F(StressSessionTest, WhatTheMachineRefusesIsNotAskedForWithoutPause) {
  plan_.for_ns = 2 * second;
  std::atomic<unsigned> asked{0};
  EXPECT_EQ(run([&](const auto&, const auto&, const auto&) -> trial::Result {
              ++asked;
              throw SystemError("starting a trial's process", EAGAIN);
            }),
            1);
  EXPECT_LT(asked, 30u);
  EXPECT_LE(trials().size(), 6u) << "several times are one line";
  EXPECT_GE(trials().size(), 1u);
  EXPECT_THAT(trials().front().at("reason").get<std::string>(), HasSubstr("temporarily unavailable"));
  EXPECT_THAT(text_, HasSubstr("Nothing could run"));
}

TEST_F(StressSessionTest, ATrialThatDoesNotEndIsEndedSoonAfterTheTime) {
  const std::uint64_t begun = monotonic_ns();
  EXPECT_EQ(run([&](const auto& spec, const auto&, const auto& end) {
              return lasting(spec, spec.point.workload == "one" ? 3600 * second : 20 * ms, end);
            }),
            0);
  EXPECT_LT(monotonic_ns() - begun, 60 * second);
  EXPECT_THAT(text_, HasSubstr("still ran seconds after the time was over"));
  EXPECT_TRUE(record::read_run(plan_.folder).complete);
}

TEST_F(StressSessionTest, UntilFailureEndsWithAnyThatFails) {
  plan_.for_ns = 3600 * second;
  plan_.until_failure = true;
  std::atomic<unsigned> ran{0};
  EXPECT_EQ(run([&](const auto& spec, const auto&, const auto& end) {
              trial::Result result = lasting(spec, 5 * ms, end);
              if (++ran == 10) result.status = "failed", result.reason = "once only";
              return result;
            }),
            1);
  EXPECT_THAT(text_, HasSubstr("not seen again in 3 trials alone"));
}

class StressTrialsTest : public StressSessionTest {
 protected:
  trial::Result run_one(const TrialRunner& runner, StressWatch::Most most = {UINT64_MAX, UINT64_MAX, UINT64_MAX, {}}) {
    StressWatch watch(1, std::move(most));
    const std::function<bool()> interrupted = [] { return false; };
    const StressTrials trials(plan_, runner, watch, interrupted, root_.path());
    trial::Spec spec;
    spec.workload = workload("one");
    spec.workload.capabilities = {"files"};
    return trials.run(0, spec, nullptr);
  }
  machine::Root root_;
};

trial::Result ended(const char* status, int signal = 0) {
  trial::Result result;
  result.status = status;
  result.reason = "as it said";
  if (signal != 0) result.failure = trial::Failure{signal, "measure", 0, {}};
  if (signal != 0) result.findings.push_back({"crash", true, false, "as it said"});
  return result;
}

TEST_F(StressTrialsTest, TheWatchExcusesOnlyWhatItEnded) {
  const auto until_over = [](trial::Result result) {
    return [result](const trial::Spec& spec, const auto&, const std::function<bool()>& over) {
      spec.warden->store(getpid());
      while (!over()) usleep(1'000);
      spec.warden->store(0);
      return result;
    };
  };
  const StressWatch::Most no_process{UINT64_MAX, 0, UINT64_MAX, {}};
  const trial::Result excused = run_one(until_over(ended("interrupted")), no_process);
  EXPECT_EQ(excused.status, "unsupported");
  EXPECT_THAT(excused.reason, HasSubstr("processes and threads, and each trial may have 0"));
  EXPECT_EQ(run_one(until_over(ended("failed")), no_process).status, "failed");
  EXPECT_EQ(run_one(until_over(ended("crashed", 11)), no_process).status, "crashed");
  trial::Result wrong = ended("interrupted");
  wrong.findings.push_back({"wrong-result", true, false, "a word differs"});
  EXPECT_EQ(run_one(until_over(wrong), no_process).status, "failed") << "it had said so before";
}

TEST_F(StressTrialsTest, WhatTheKernelKillsForWantOfMemoryIsNoCrash) {
  const auto dies = [&](int signal, const char* kills_after) {
    root_.put("proc/vmstat", "oom_kill 3\n");
    return run_one([&](const auto&, const auto&, const auto&) {
      root_.put("proc/vmstat", kills_after);
      return ended("crashed", signal);
    });
  };
  const trial::Result killed = dies(SIGKILL, "oom_kill 4\n");
  EXPECT_EQ(killed.status, "unsupported");
  EXPECT_EQ(killed.reason, "the kernel ended it for want of memory");
  EXPECT_TRUE(killed.findings.empty());
  EXPECT_EQ(dies(SIGKILL, "oom_kill 3\n").status, "crashed");
  EXPECT_EQ(dies(SIGSEGV, "oom_kill 4\n").status, "crashed");
}

TEST_F(StressTrialsTest, ValuesThatTheWorkloadRefusesAreNoFinding) {
  trial::Result refused = ended("failed");
  refused.refused = trial::Refused::by_workload;
  EXPECT_EQ(run_one([&](const auto&, const auto&, const auto&) { return refused; }).status, "unsupported");
  EXPECT_EQ(run_one([&](const auto&, const auto&, const auto&) { return ended("failed"); }).status, "failed");
}

TEST_F(StressTrialsTest, FilesBeyondTheLimitEndIt) {
  const StressWatch::Most little{UINT64_MAX, UINT64_MAX, 64 * 1024, folder_.path()};
  const auto write = [&](std::size_t bytes) {
    return [&, bytes](const trial::Spec& spec, const auto&, const std::function<bool()>& over) {
      const PrivateFolder scratch("fairground-scratch", folder_.path());
      write_file_atomically(scratch.path() / "file", std::string(bytes, 'x'));
      std::filesystem::create_hard_link(scratch.path() / "file", scratch.path() / "again");
      spec.warden->store(getpid());
      trial::Result result = lasting(spec, bytes > 64 * 1024 ? 60 * second : 300 * ms, over);
      spec.warden->store(0);
      return result;
    };
  };
  EXPECT_EQ(run_one(write(40 * 1024), little).status, "ok") << "a file with two names is one";
  const trial::Result over = run_one(write(80 * 1024), little);
  EXPECT_EQ(over.status, "unsupported");
  EXPECT_THAT(over.reason, HasSubstr("of disk, and may have 64 KiB"));
}

}  // namespace
}  // namespace fairground::cli
