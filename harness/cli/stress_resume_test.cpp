#include "cli/stress_resume.hpp"

#include <gtest/gtest.h>

namespace fairground::cli {
namespace {

using nlohmann::json;

json trial() {
  return {{"record", "trial"},
          {"trial", 7},
          {"workload", "mutex"},
          {"warnings", {"steal-time", "machine-busy"}},
          {"environment", {{"steal_ratio", 0.5}, {"busy_ratio", 0.3}}}};
}
json warning(const char* code) { return {{"record", "warning"}, {"trial", 7}, {"code", code}}; }

std::vector<std::string> unwritten(std::vector<json> lines) {
  record::StoredRun run;
  run.lines = std::move(lines);
  std::vector<std::string> codes;
  for (const json& line : unwritten_warnings(run)) codes.push_back(line.at("code"));
  return codes;
}

TEST(UnwrittenWarnings, AreThoseThatTheLastTrialNamesAndNoLineExplains) {
  using Codes = std::vector<std::string>;
  const json header{{"record", "header"}}, footer{{"record", "footer"}};
  EXPECT_EQ(unwritten({header}), Codes{});
  EXPECT_EQ(unwritten({header, trial()}), (Codes{"steal-time", "machine-busy"}));
  EXPECT_EQ(unwritten({header, trial(), warning("steal-time")}), Codes{"machine-busy"});
  EXPECT_EQ(unwritten({header, trial(), warning("steal-time"), warning("machine-busy"), footer}), Codes{});
}

}  // namespace
}  // namespace fairground::cli
