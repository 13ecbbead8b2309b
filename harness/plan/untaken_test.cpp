#include "plan/untaken.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairground::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

WorkloadInfo workload(const std::string& id, const std::string& control, const std::vector<std::string>& keys) {
  WorkloadInfo w;
  w.id = id;
  w.control = control;
  for (const std::string& key : keys) {
    ParameterInfo& p = w.parameters.emplace_back();
    p.key = key;
    p.default_value = 1;
  }
  return w;
}

Point point(const WorkloadInfo& w, int value) {
  Point p;
  p.workload = w.id;
  for (const ParameterInfo& parameter : w.parameters) p.parameters[parameter.key] = value;
  return p;
}

TEST(Untaken, NamesWhoRunsWithoutWhatOthersWereGiven) {
  const WorkloadInfo a = workload("a", "none", {"greedy", "section"}), b = workload("b", "none", {"section"}),
                     other = workload("c", "", {}), elsewhere = workload("d", "idle", {});
  const std::vector<const WorkloadInfo*> all{&a, &b, &other, &elsewhere};
  const auto of = [&](int value) {
    return untaken({point(a, value), point(b, value), point(other, value), point(elsewhere, value)}, all);
  };
  EXPECT_THAT(of(2), ElementsAre(Pair("greedy", ElementsAre("b"))));
  EXPECT_THAT(of(1), IsEmpty()) << "all have their defaults";
  EXPECT_THAT(untaken({point(a, 2)}, {&a}), IsEmpty());
}

}  // namespace
}  // namespace fairground::plan
