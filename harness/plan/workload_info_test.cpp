#include "plan/workload_info.hpp"

#include <gtest/gtest.h>

#include "plan/sample_workloads.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

TEST(WorkloadInfo, ComesBackFromJson) {
  for (const WorkloadInfo& w : sample_workloads()) {
    const json object = to_json(w, true);
    EXPECT_EQ(to_json(workload_from_json(json::parse(object.dump())), true), object);
  }
}

TEST(WorkloadInfo, HasTheNamesThatProgramsRelyOn) {
  const json object = to_json(sample_workloads().front(), true);
  for (const char* key : {"id", "family", "group", "version", "summary", "operation", "invariant", "kind", "control",
                          "expects", "promises_fairness", "capabilities", "plugin", "parameters", "counters"}) {
    EXPECT_TRUE(object.contains(key)) << key;
  }
  const json& wait = object.at("parameters").at(5);
  EXPECT_EQ(wait, json::parse(R"({"key": "wait", "type": "choice", "default": "spin", "minimum": null, "maximum": null,
      "choices": ["spin", "futex", "condition"], "unit": "", "help": "", "processes": ["spin", "futex"]})"));
  const json& block = object.at("parameters").at(1);
  EXPECT_TRUE(block.at("maximum").is_number_integer());
  EXPECT_TRUE(block.at("processes").is_null());
  EXPECT_FALSE(to_json(sample_workloads().front(), false).contains("parameters"));
  EXPECT_TRUE(to_json(sample_workloads().back(), false).at("control").is_null());
}

TEST(WorkloadInfo, RefusesWhatIsNoDescription) {
  const json good = to_json(sample_workloads().front(), true);
  for (const auto& [key, value] : good.items()) {
    json without = good;
    without.erase(key);
    EXPECT_THROW(workload_from_json(without), UserError) << key;
  }
  json bad = good;
  bad["expects"] = "starvation";
  EXPECT_THROW(workload_from_json(bad), UserError);
  bad = good;
  bad["parameters"][0]["default"] = 1000;
  EXPECT_THROW(workload_from_json(bad), UserError);
  bad = good;
  bad["parameters"][0]["type"] = "colour";
  EXPECT_THROW(workload_from_json(bad), UserError);
  bad = good;
  bad["parameters"] = "none";
  EXPECT_THROW(workload_from_json(bad), UserError);
  EXPECT_THROW(workload_from_json(json(7)), UserError);
}

}  // namespace
}  // namespace fairground::plan
