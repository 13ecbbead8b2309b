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
      "choices": ["spin", "futex", "condition"], "unit": "", "help": "", "processes": ["spin", "futex"],
      "fair": null})"));
  const json& block = object.at("parameters").at(1);
  EXPECT_TRUE(block.at("maximum").is_number_integer());
  EXPECT_TRUE(block.at("processes").is_null());
  EXPECT_FALSE(to_json(sample_workloads().front(), false).contains("parameters"));
  EXPECT_TRUE(to_json(sample_workloads().back(), false).at("control").is_null());
}

TEST(WorkloadInfo, PromisesFairnessWithFairValuesOnly) {
  WorkloadInfo w;
  const auto add = [&](const char* key, ParameterType type, const json& default_value, const char* fair) {
    ParameterInfo p;
    p.key = key, p.type = type, p.default_value = default_value, p.maximum = 1e9, p.fair = fair;
    w.parameters.push_back(p);
  };
  add("section", ParameterType::duration, 100, "");
  add("timeout", ParameterType::duration, 0, "0,1ms");
  add("greedy", ParameterType::ratio, 1.0, "1");
  add("try", ParameterType::boolean, false, "false");
  EXPECT_FALSE(w.promises_fairness_with(w.defaults()));
  w.promises_fairness = true;
  const auto with = [&](const json& changes) {
    json parameters = w.defaults();
    parameters.update(changes);
    return w.promises_fairness_with(parameters);
  };
  EXPECT_TRUE(with(json::object()));
  EXPECT_TRUE(with({{"section", 7}}));
  EXPECT_TRUE(with({{"timeout", 1'000'000}}));
  EXPECT_FALSE(with({{"timeout", 1}}));
  EXPECT_TRUE(with({{"greedy", 1}}));
  EXPECT_FALSE(with({{"greedy", 1.5}}));
  EXPECT_FALSE(with({{"try", true}}));
  EXPECT_TRUE(w.promises_fairness_with(json::object()));  // nothing is set: the defaults
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
