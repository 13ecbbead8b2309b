#include "record/warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "record/lines.hpp"
#include "record/samples_for_test.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(Warnings, EachHasACodeOfItsOwnACauseAndANextStep) {
  std::set<std::string_view> codes;
  for (const Warning& w : warnings()) {
    EXPECT_TRUE(codes.insert(w.code).second) << w.code;
    EXPECT_TRUE(std::regex_match(std::string(w.code), std::regex("[a-z]+(-[a-z]+)*"))) << w.code;
    EXPECT_TRUE(w.cause.ends_with('.')) << w.code;
    EXPECT_TRUE(w.next.ends_with('.')) << w.code;
  }
}

TEST(Warnings, AnUnknownCodeIsABug) { EXPECT_THROW(warning_line("no-such-code", ""), std::logic_error); }

TEST(Warnings, OfATrialComeWithFigures) {
  const json trial = trial_line(samples::spec(4, true), samples::uneven(), samples::oversubscribed());
  const auto lines = warnings_of(trial);
  ASSERT_EQ(lines.size(), trial.at("warnings").size());
  ASSERT_FALSE(lines.empty());
  for (const json& line : lines) {
    EXPECT_EQ(line.at("record"), "warning");
    EXPECT_EQ(line.at("trial"), 1);
    EXPECT_THAT(line.at("detail").get<std::string>(), HasSubstr("spin"));
  }
}

TEST(Warnings, OfEveryCodeThatATrialMayHold) {
  trial::Result r = samples::uneven();
  for (const Warning& w : warnings()) r.warnings.emplace_back(w.code);
  r.environment = {{"steal_ratio", nullptr}, {"null_reasons", {{"steal_ratio", "not-shown"}}}};
  const json trial = trial_line(samples::spec(4, true), r, samples::oversubscribed());
  EXPECT_EQ(warnings_of(trial).size(), warnings().size());
}

TEST(Warnings, PinningSaysWhoAndWhere) {
  trial::Result r = samples::result({5'000, 5'000});
  r.workers[1].units_allowed = {0, 1};
  const auto lines = warnings_of(trial_line(samples::spec(2, false), r, {}));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("code"), "pinning-not-achieved");
  EXPECT_THAT(lines[0].at("detail").get<std::string>(), HasSubstr("worker 1 asked for 1, allowed 0,1, seen on 1"));
}

TEST(Warnings, OfMachineBuildAndPlugin) {
  const auto code = [](const json& line) {
    const auto lines = warnings_of(line);
    return lines.size() == 1 ? lines[0].at("code").get<std::string>() : std::to_string(lines.size());
  };
  EXPECT_EQ(code({{"record", "machine"}, {"governor", "powersave"}, {"clock_source", "tsc"}}), "governor");
  EXPECT_EQ(code({{"record", "machine"}, {"governor", "performance"}, {"clock_source", "hpet"}}), "clock-monotonic");
  EXPECT_EQ(code({{"record", "machine"}, {"governor", nullptr}, {"clock_source", "tsc"}}), "no-frequency");
  EXPECT_EQ(code({{"record", "machine"}, {"governor", "performance"}, {"clock_source", "tsc"}}), "0");
  json build = {{"record", "build"}, {"assertions", false}, {"build_type", "Release"}, {"sanitizer", nullptr}};
  EXPECT_EQ(code(build), "0");
  build["sanitizer"] = "thread";
  EXPECT_EQ(code(build), "sanitized-build");
  load::Library library;
  library.path = "/nowhere/x.so";
  EXPECT_EQ(code(plugin_line(library)), "0");
  library.error = "It is not a shared object.";
  EXPECT_EQ(code(plugin_line(library)), "plugin-not-loaded");
  EXPECT_EQ(code({{"record", "plan"}}), "0");
}

}  // namespace
}  // namespace fairground::record
