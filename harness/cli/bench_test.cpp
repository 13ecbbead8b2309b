#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/bench_command.hpp"

namespace fairground::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plan::WorkloadInfo info(const std::string& id, const std::string& kind = "each") {
  plan::WorkloadInfo w;
  w.id = id;
  w.kind = kind;
  w.plugin = "/nowhere/x.so";
  w.parameters.push_back({"critical", plan::ParameterType::duration, 100, 0, 1e9, {}, "ns", "", ""});
  return w;
}

plan::Point point(const std::string& id, unsigned workers, int critical = 100) {
  plan::Point p;
  p.workload = id;
  p.workers = workers;
  p.parameters = {{"critical", critical}};
  return p;
}

Chosen chosen(const std::vector<plan::Point>& points) {
  Chosen c;
  c.machine.units = {{0, 0, 0, 0, 0, 0, -1, 0}, {1, 1, 0, 0, 0, 0, -1, 0}};
  c.machine.packages = c.machine.nodes = c.machine.caches = 1;
  c.machine.cores = 2;
  load::Library library;
  library.workloads = {info("mutex"), info("matrix", "team")};
  c.libraries = {library};
  c.points = points;
  return c;
}

TEST(Benches, AreNamedByWorkloadAndWhatIsSweptButNotTheThreads) {
  const Benches benches = benches_of(chosen({point("mutex", 1, 100), point("mutex", 2, 100), point("mutex", 2, 1000)}));
  ASSERT_EQ(benches.points.size(), 3u);
  EXPECT_EQ(benches.points[0].name, "mutex/critical=100ns");
  EXPECT_EQ(benches.points[1].name, "mutex/critical=100ns");
  EXPECT_EQ(benches.points[2].name, "mutex/critical=1us");
  EXPECT_EQ(benches.points[1].places.size(), 2u);
}

TEST(Benches, LeaveOutTeamsAndProcessesAndSaySo) {
  plan::Point processes = point("mutex", 2);
  processes.as_processes = true;
  const Benches benches = benches_of(chosen({point("matrix", 2), processes, point("mutex", 2)}));
  EXPECT_EQ(benches.points.size(), 1u);
  EXPECT_THAT(benches.left_out, ElementsAre(HasSubstr("is a team"), HasSubstr("processes as workers")));
}

TEST(Benches, SurviveTheWayToTheChild) {
  const Benches benches = benches_of(chosen({point("mutex", 2)}));
  const std::vector<BenchPoint> back = bench_points_from_json(to_json(benches.points));
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].places, benches.points[0].places);
  EXPECT_EQ(back[0].parameters, benches.points[0].parameters);
  EXPECT_EQ(to_json(back), to_json(benches.points));
}

}  // namespace
}  // namespace fairground::cli
