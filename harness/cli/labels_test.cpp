#include "cli/labels.hpp"

#include <gtest/gtest.h>

namespace fairground::cli {
namespace {

plan::WorkloadInfo info(const std::string& id) {
  plan::WorkloadInfo w;
  w.id = id;
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

std::vector<std::string> texts(const std::vector<plan::Point>& points) {
  static const plan::WorkloadInfo mutex = info("mutex"), spin = info("spin");
  std::vector<const plan::WorkloadInfo*> infos;
  for (const plan::Point& p : points) infos.push_back(p.workload == "mutex" ? &mutex : &spin);
  std::vector<std::string> out;
  for (const Label& label : labels(points, infos)) out.push_back(label.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(Labels, AreTheWorkloadAloneWhereThatTellsThemApart) {
  EXPECT_EQ(texts({point("mutex", 4), point("spin", 4)}), (Texts{"mutex", "spin"}));
}

TEST(Labels, SayWhatDiffers) {
  EXPECT_EQ(texts({point("mutex", 1), point("mutex", 8)}), (Texts{"mutex ×1", "mutex ×8"}));
  plan::Point scattered = point("mutex", 4);
  scattered.pin = "scatter";
  EXPECT_EQ(texts({point("mutex", 4), scattered}), (Texts{"mutex compact", "mutex scatter"}));
}

TEST(Labels, LeaveOutWhatTellsNothingApart) {
  plan::Point shorter = point("spin", 4);
  shorter.time_ns /= 2;
  EXPECT_EQ(texts({point("mutex", 4), shorter}), (Texts{"mutex", "spin"}));
  plan::Point again = point("mutex", 4);
  again.time_ns = 500'000'000;
  EXPECT_EQ(texts({point("mutex", 4), again}), (Texts{"mutex 1 s", "mutex 500 ms"}));
}

TEST(Labels, NameAParameterForTheWorkloadThatSweepsIt) {
  EXPECT_EQ(texts({point("mutex", 4, 100), point("mutex", 4, 1000), point("spin", 4, 100)}),
            (Texts{"mutex critical=100ns", "mutex critical=1us", "spin"}));
}

TEST(Placement, CountsUnitsOnce) {
  EXPECT_EQ(placement({{4, {{0}, {1}, {0}, {1}}, "compact"}}), "4 workers on 2 units, compact");
  EXPECT_EQ(placement({{1, {{3}}, "units:3"}}), "1 worker on 1 unit, units:3");
  EXPECT_EQ(placement({{2, {}, "none"}}), "2 workers, not pinned");
}

TEST(Placement, TellsTheRangeOfASweep) {
  EXPECT_EQ(placement({{1, {{0}}, "compact"}, {8, {{0}, {1}}, "compact"}, {2, {{0}, {1}}, "scatter"}}),
            "1 to 8 workers on up to 2 units, compact and scatter");
}

}  // namespace
}  // namespace fairground::cli
