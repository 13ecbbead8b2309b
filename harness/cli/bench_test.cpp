#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/bench_command.hpp"
#include "cli/bench_news.hpp"

namespace fairground::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

plan::WorkloadInfo info(const std::string& id, const std::string& kind = "each") {
  plan::WorkloadInfo w;
  w.id = id;
  w.kind = kind;
  w.plugin = "/nowhere/x.so";
  w.parameters.push_back({"critical", plan::ParameterType::duration, 100, 0, 1e9, {}, "ns", "", "", ""});
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

class News : public testing::Test {
 protected:
  News() {
    if (pipe2(ends_, O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
  }
  ~News() override {
    close(ends_[0]);
    close(ends_[1]);
  }
  int ends_[2] = {-1, -1};
};

TEST_F(News, OfAStepThatLastsAreLate) {
  const BenchNews news(ends_[1]);
  BenchWatch watch(ends_[0], 0);
  news.ready();
  watch.listen();
  EXPECT_TRUE(watch.ready());
  EXPECT_FALSE(watch.late()) << "it is in no step";
  news.begins("setup of x");
  news.begins("setup of y");
  news.ends("setup of x");
  watch.listen();
  EXPECT_EQ(watch.step(), "setup of y");
  EXPECT_TRUE(watch.late());
  EXPECT_FALSE(watch.done());
  news.ends("setup of y");
  watch.listen();
  EXPECT_FALSE(watch.late());
  EXPECT_FALSE(BenchWatch(ends_[0], UINT64_MAX).late());
}

TEST_F(News, OfTheEndStillHaveADeadline) {
  BenchWatch watch(ends_[0], 0);
  BenchNews(ends_[1]).done();
  watch.listen();
  EXPECT_TRUE(watch.done());
  EXPECT_TRUE(watch.late()) << "what a plugin does as its process ends can hang too";
}

TEST_F(News, ThatArePiecesOrNonsenseAreBorne) {
  BenchWatch watch(ends_[0], 0);
  for (const char* piece : {"\n\n-never begun\nx\n+se", "tup\n"}) {
    ASSERT_GT(write(ends_[1], piece, std::strlen(piece)), 0);
    watch.listen();
  }
  EXPECT_EQ(watch.step(), "setup");
}

}  // namespace
}  // namespace fairground::cli
