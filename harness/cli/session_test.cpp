#include "cli/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "base/files.hpp"
#include "cli/prepared.hpp"
#include "cli/results_for_test.hpp"
#include "record/reader.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

plan::WorkloadInfo workload(const std::string& id, bool contended, const std::string& control = "") {
  plan::WorkloadInfo w;
  w.id = id;
  w.family = "locks";
  w.group = contended ? "spin" : "control";
  w.control = control;
  w.operation = "acquisition";
  w.plugin = "/nowhere/locks.so";
  if (contended) w.capabilities = {"contended"};
  plan::ParameterInfo critical;
  critical.key = "critical";
  critical.type = plan::ParameterType::duration;
  critical.default_value = 100;
  critical.maximum = 1e9;
  w.parameters.push_back(critical);
  return w;
}

machine::Machine two_units() {
  machine::Machine m;
  m.units = {{0, 0, 0, 0, 0, 0, -1, 0}, {1, 1, 0, 0, 0, 0, -1, 0}};
  m.packages = m.nodes = m.caches = 1;
  m.cores = 2;
  return m;
}

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    plan_.machine = two_units();
    load::Library library;
    library.path = "/nowhere/locks.so";
    library.name = "locks";
    library.sha256 = std::string(64, '0');
    library.workloads = {workload("spin", true, "none"), workload("mutex", true), workload("none", false)};
    plan_.libraries = {library};
    plan_.trials = 2;
    plan_.seed = 7;
    plan_.run_id = "7f3a";
    plan_.folder = folder_.path() / "run";
    plan_.shown_folder = "run";
    plan_.argv = {"fairground", "run", "spin"};
    runner_ = [this](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>&) {
      specs_.push_back(spec);
      return good(spec);
    };
  }

  plan::Point point(const std::string& id, unsigned workers, const std::string& pin = "compact") {
    plan::Point p;
    p.workload = id;
    p.workers = workers;
    p.pin = pin;
    p.parameters = {{"critical", 500}};
    return p;
  }

  int run() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    int code = 0;
    {
      Screen screen(ends[1], Style{});
      Terminal terminal(screen, false);
      try {
        code = run_session(plan_, runner_, terminal, [this] { return interrupted_; });
      } catch (...) {
        close(ends[0]);
        close(ends[1]);
        throw;
      }
    }
    close(ends[1]);
    char part[4096];
    for (ssize_t n = 0; (n = read(ends[0], part, sizeof part)) > 0;) output_.append(part, static_cast<std::size_t>(n));
    close(ends[0]);
    return code;
  }

  std::vector<json> lines(const std::string& kind) {
    std::vector<json> out;
    for (const json& line : record::read_run(plan_.folder).lines) {
      if (line.at("record") == kind) out.push_back(line);
    }
    return out;
  }

  PrivateFolder folder_{"session-test"};
  RunPlan plan_;
  TrialRunner runner_;
  std::vector<trial::Spec> specs_;
  std::string output_;
  bool interrupted_ = false;
};

TEST_F(SessionTest, WritesAWholeRecord) {
  plan_.points = {point("mutex", 2)};
  EXPECT_EQ(run(), 0);
  const record::StoredRun record = record::read_run(plan_.folder);
  EXPECT_TRUE(record.complete);
  std::vector<std::string> kinds;
  for (const json& line : record.lines) {
    if (line.at("record") != "warning") kinds.push_back(line.at("record"));
  }
  EXPECT_THAT(kinds, testing::ElementsAre("header", "machine", "build", "plugin", "plan", "trial", "trial", "footer"));
  EXPECT_THAT(output_, HasSubstr("2 trials, 0 failed"));
}

TEST_F(SessionTest, RunsEveryPointOnceABlockInTheOrderOfThePlan) {
  plan_.trials = 5;
  plan_.points = {point("mutex", 1), point("mutex", 2), point("none", 2)};
  EXPECT_EQ(run(), 0);
  const json order = lines("plan").front().at("order");
  std::vector<unsigned> done;
  for (const json& line : lines("trial")) done.push_back(line.at("point"));
  ASSERT_EQ(done.size(), 15u);
  for (std::size_t i = 0; i < done.size(); ++i) EXPECT_EQ(done[i], order[i / 3][i % 3].get<unsigned>());
}

TEST_F(SessionTest, DrawsAnotherSeedForEachTrialFromTheRunsOwn) {
  plan_.trials = 3;
  plan_.points = {point("mutex", 1), point("mutex", 2)};
  run();
  std::set<std::uint64_t> seeds;
  for (const trial::Spec& spec : specs_) seeds.insert(spec.seed);
  EXPECT_EQ(seeds.size(), 6u);
  const std::vector<trial::Spec> first = specs_;
  specs_.clear();
  plan_.folder = folder_.path() / "again";
  run();
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].seed, specs_[i].seed);
}

TEST_F(SessionTest, PutsTheControlBeforeAContendedOversubscribedTrial) {
  plan_.trials = 1;
  plan_.points = {point("spin", 4)};
  EXPECT_EQ(run(), 0);
  const std::vector<json> trials = lines("trial");
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_EQ(trials[0].at("workload"), "none");
  EXPECT_EQ(trials[0].at("role"), "control");
  EXPECT_EQ(trials[0].at("of"), trials[1].at("trial"));
  EXPECT_EQ(trials[1].at("role"), "measured");
  EXPECT_TRUE(trials[1].at("of").is_null());
  EXPECT_EQ(specs_[0].places, specs_[1].places);
  EXPECT_EQ(specs_[0].point.parameters.at("critical"), 500);
  EXPECT_TRUE(trials[1].at("oversubscribed").get<bool>());
  EXPECT_THAT(output_, HasSubstr("warning oversubscribed: 4 workers share 2 units."));
}

TEST_F(SessionTest, SharesAControlABlockAmongThoseThatNeedTheSame) {
  plan_.trials = 2;
  plan_.points = {point("spin", 4), point("mutex", 4), point("spin", 6)};
  EXPECT_EQ(run(), 0);
  unsigned controls = 0;
  for (const json& trial : lines("trial")) controls += trial.at("role") == "control" ? 1 : 0;
  EXPECT_EQ(controls, 4u) << "one for four workers and one for six, in each of two blocks";
  EXPECT_THAT(output_, HasSubstr("10 trials, 0 failed"));
}

plan::Companion beside(const std::string& id, unsigned workers, const std::string& pin = "with") {
  return {id, id, {{"critical", 500}}, workers, false, pin, ""};
}

TEST_F(SessionTest, RunsEachPartyAloneInTheBlockOfATrialWithCompanions) {
  plan_.trials = 8;
  plan_.points = {point("mutex", 2)};
  plan_.points[0].companions = {beside("none", 1)};
  EXPECT_EQ(run(), 0);
  const std::vector<json> trials = lines("trial");
  ASSERT_EQ(trials.size(), 24u);
  std::set<std::string> orders;
  for (std::size_t block = 0; block < 8; ++block) {
    std::map<std::string, json> by;
    std::string order;
    for (std::size_t i = 0; i < 3; ++i) {
      const json& t = trials[3 * block + i];
      const std::string role = t.at("role").get<std::string>() + " " + t.at("workload").get<std::string>();
      by[role] = t;
      order += role + ", ";
      EXPECT_EQ(t.contains("interference"), i == 2) << "in the later of the trials that it is made from";
    }
    orders.insert(order);
    ASSERT_EQ(by.size(), 3u) << order;
    const json measured = by.at("measured mutex").at("trial");
    EXPECT_EQ(by.at("alone mutex").at("of"), measured);
    EXPECT_EQ(by.at("alone none").at("of"), measured);
    const json& found = trials[3 * block + 2].at("interference");
    EXPECT_EQ(found.at("of"), measured);
    EXPECT_EQ(found.at("parties")[1].at("alone_trial"), by.at("alone none").at("trial"));
  }
  EXPECT_GT(orders.size(), 1u) << "alone and beside each other in random order";
  EXPECT_THAT(output_, HasSubstr("24 trials, 0 failed"));
  EXPECT_THAT(output_, HasSubstr("mutex beside none"));
}

TEST_F(SessionTest, SharesATrialAloneAmongThoseThatNeedTheSame) {
  plan_.trials = 1;
  plan_.points = {point("mutex", 2), point("spin", 2)};
  for (plan::Point& p : plan_.points) p.companions = {beside("none", 2)};
  EXPECT_EQ(run(), 0);
  std::vector<std::string> alone;
  for (const json& t : lines("trial")) {
    if (t.at("role") == "alone") alone.push_back(t.at("workload"));
  }
  EXPECT_THAT(alone, testing::UnorderedElementsAre("mutex", "spin", "none"));
}

TEST_F(SessionTest, PlacesCompanionsRelativeToTheirSubject) {
  plan_.trials = 1;
  plan_.points = {point("mutex", 1, "units:1")};
  plan_.points[0].companions = {beside("none", 2), beside("spin", 1, "apart")};
  EXPECT_EQ(run(), 0);
  for (const trial::Spec& spec : specs_) {
    if (spec.companions.empty()) continue;
    EXPECT_EQ(spec.companions[0].places, (std::vector<std::vector<unsigned>>{{1}, {1}}));
    EXPECT_EQ(spec.companions[1].places, (std::vector<std::vector<unsigned>>{{0}}));
  }
}

TEST_F(SessionTest, RefusesCompanionsThatTheMachineHasNoPlaceFor) {
  plan_.points = {point("mutex", 2)};
  plan_.points[0].companions = {beside("none", 1, "apart")};
  EXPECT_THROW(run(), UserError);
}

TEST_F(SessionTest, TakesRoundAndSliceFromTheControl) {
  plan_.trials = 1;
  plan_.points = {point("spin", 4)};
  runner_ = [](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>&) {
    trial::Result result = good(spec);
    if (spec.workload.id == "none") result.workers[0].gaps = {{100'000'000, 112'000'000, 5, 11'000'000}};
    return result;
  };
  run();
  EXPECT_EQ(lines("trial")[1].at("episode_thresholds").at("round_ns"), 12'000'000);
}

TEST_F(SessionTest, NeedsNoControlWithoutOversubscription) {
  plan_.trials = 1;
  plan_.points = {point("spin", 2)};
  run();
  EXPECT_EQ(specs_.size(), 1u);
}

TEST_F(SessionTest, RefusesTheOnlyPointThatTheMachineCanNotPlace) {
  plan_.points = {point("mutex", 2, "siblings")};
  EXPECT_THROW(run(), UserError);
  EXPECT_FALSE(std::filesystem::exists(plan_.folder));
}

TEST_F(SessionTest, CallsItUnsupportedWithinASweep) {
  plan_.points = {point("mutex", 2, "siblings"), point("mutex", 2)};
  EXPECT_EQ(run(), 0);
  unsigned unsupported = 0;
  for (const json& line : lines("trial")) {
    if (line.at("status") != "unsupported") continue;
    ++unsupported;
    EXPECT_FALSE(line.at("reason").get<std::string>().empty());
  }
  EXPECT_EQ(unsupported, 2u);
  EXPECT_EQ(specs_.size(), 2u);
  EXPECT_THAT(output_, HasSubstr("2 unsupported"));
}

TEST_F(SessionTest, EndsWithOneIfNoTrialCouldRun) {
  plan::Point p = point("mutex", 2);
  p.unsupported = "mutex works between threads only";
  plan_.points = {p};
  EXPECT_EQ(run(), 1);
  EXPECT_TRUE(specs_.empty());
}

TEST_F(SessionTest, EndsWithOneIfATrialCrashedAndGoesOn) {
  plan_.points = {point("mutex", 2)};
  plan_.trials = 3;
  int n = 0;
  runner_ = [&n](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>&) {
    trial::Result result = good(spec);
    if (++n == 2) result.status = "crashed";
    return result;
  };
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(lines("trial").size(), 3u);
  EXPECT_THAT(output_, HasSubstr("3 trials, 1 failed"));
}

TEST_F(SessionTest, EndsWithOneForAFindingThatWasNotExpectedOnly) {
  plan_.points = {point("mutex", 2)};
  plan_.trials = 1;
  bool expected = false;
  runner_ = [&expected](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>&) {
    trial::Result result = good(spec);
    result.findings.push_back({"lost-update", true, expected, "an update is missing."});
    return result;
  };
  EXPECT_EQ(run(), 1);
  expected = true;
  plan_.folder = folder_.path() / "again";
  EXPECT_EQ(run(), 0);
}

TEST_F(SessionTest, FinishesTheRecordWhenInterrupted) {
  plan_.points = {point("mutex", 2), point("none", 2)};
  plan_.trials = 3;
  runner_ = [this](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>& interrupted) {
    specs_.push_back(spec);
    if (specs_.size() == 3) interrupted_ = true;
    trial::Result result = good(spec);
    if (interrupted()) result.status = "interrupted";
    return result;
  };
  EXPECT_EQ(run(), 130);
  EXPECT_EQ(lines("trial").size(), 3u);
  EXPECT_EQ(lines("trial").back().at("status"), "interrupted");
  EXPECT_TRUE(record::read_run(plan_.folder).complete);
  EXPECT_THAT(output_, HasSubstr("Interrupted"));
}

TEST_F(SessionTest, RecordsWhatTheMachineRefusesAndGoesOn) {
  plan_.points = {point("mutex", 2)};
  runner_ = [this](const trial::Spec& spec, const trial::OnSample&, const std::function<bool()>&) -> trial::Result {
    specs_.push_back(spec);
    if (specs_.size() == 1) throw SystemError("fork", EAGAIN);
    return good(spec);
  };
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(lines("trial").front().at("status"), "unsupported");
  EXPECT_THAT(lines("trial").front().at("reason").get<std::string>(), HasSubstr("fork"));
}

TEST_F(SessionTest, RefusesAFolderThatHoldsARecord) {
  plan_.points = {point("mutex", 2)};
  run();
  EXPECT_THROW(run(), UserError);
}

TEST_F(SessionTest, SaysThatFewTrialsGiveNoInterval) {
  plan_.points = {point("mutex", 2)};
  run();
  std::set<std::string> codes;
  for (const json& line : lines("warning")) codes.insert(line.at("code").get<std::string>());
  EXPECT_EQ(codes.count("few-trials"), 1u);
}

TEST(ControlOf, HasTheParametersThatBothKnow) {
  plan::WorkloadInfo spin = workload("spin", true, "none");
  spin.parameters.push_back({"backoff", plan::ParameterType::integer, 1, 0, 9, {}, "", "", "", ""});
  plan::Point point;
  point.workload = "spin";
  point.parameters = {{"critical", 500}, {"backoff", 3}};
  point.workers = 8;
  const auto control = control_of(point, {spin, workload("none", false)});
  ASSERT_TRUE(control);
  EXPECT_EQ(control->parameters, (json{{"critical", 500}}));
  EXPECT_EQ(control->workers, 8u);
  EXPECT_FALSE(control_of(point, {spin}));
  point.as_processes = true;  // none does not say that it works with processes
  EXPECT_FALSE(control_of(point, {spin, workload("none", false)}));
}

}  // namespace
}  // namespace fairground::cli
