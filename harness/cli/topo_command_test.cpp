#include "cli/topo_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string topologies = FAIRGROUND_SOURCE_DIR "/harness/machine/testdata/topologies/";

std::string output_of(std::vector<std::string> arguments) {
  CLI::App app("fairground");
  int exit_code = -1;
  add_topo_command(app, exit_code);
  arguments.insert(arguments.begin(), "topo");
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes a vector
  ::testing::internal::CaptureStdout();
  try {
    app.parse(arguments);
  } catch (...) {
    ::testing::internal::GetCapturedStdout();
    throw;
  }
  EXPECT_EQ(exit_code, 0);
  return ::testing::internal::GetCapturedStdout();
}

std::string error_of(const std::vector<std::string>& arguments) {
  try {
    output_of(arguments);
  } catch (const UserError& error) {
    return error.what();
  } catch (const CLI::ParseError& error) {
    return "usage: " + std::string(error.what());
  }
  return "";
}

TEST(Topo, JsonHasTheNamesThatProgramsRelyOn) {
  const json document = json::parse(
      output_of({"--xml", topologies + "16em64t-4s2c2t-offlines.xml", "--pin", "scatter", "--workers", "3", "--json"}));
  EXPECT_EQ(document["machine"]["packages"], 4);
  EXPECT_EQ(document["machine"]["nodes"], 1);
  EXPECT_EQ(document["machine"]["cores"], 7);
  EXPECT_EQ(document["machine"]["units"], 12);
  EXPECT_EQ(document["machine"]["allowed_units"], json({0, 8, 4, 12, 1, 9, 3, 11, 7, 15, 6, 10}));
  EXPECT_EQ(document["plan"], json::parse(R"({"policy": "scatter", "oversubscribed": false, "workers": [
    {"worker": 0, "units": [0]}, {"worker": 1, "units": [1]}, {"worker": 2, "units": [3]}]})"));
}

TEST(Topo, JsonOfNoPinningHasEmptyUnits) {
  const json document = json::parse(
      output_of({"--xml", topologies + "2i386-2t-hugepagesizecount.xml", "--pin", "none", "--workers", "3", "--json"}));
  EXPECT_EQ(document["plan"]["oversubscribed"], true);
  EXPECT_EQ(document["plan"]["workers"][2], json::parse(R"({"worker": 2, "units": []})"));
}

TEST(Topo, ThePlanIsNullWithoutWorkers) {
  const json document = json::parse(output_of({"--json"}));
  EXPECT_TRUE(document.contains("plan"));
  EXPECT_TRUE(document["plan"].is_null());
  EXPECT_GE(document["machine"]["units"], 1);
}

TEST(Topo, DrawsMachineAndPlan) {
  const std::string text =
      output_of({"--xml", topologies + "2i386-2t-hugepagesizecount.xml", "--workers", "4", "--ascii"});
  EXPECT_THAT(text, AllOf(HasSubstr("+ Package 0 -"), HasSubstr("PU 0  w0 w2"), HasSubstr("w3 -> PU 1"),
                          HasSubstr("Plan compact: 4 workers on 2 processing units, oversubscribed")));
}

TEST(Topo, RefusesInASentence) {
  EXPECT_THAT(error_of({"--workers", "0"}), AllOf(HasSubstr("--workers 0"), HasSubstr("65536")));
  EXPECT_THAT(error_of({"--workers", "100000"}), HasSubstr("between 1 and 65536"));
  EXPECT_THAT(error_of({"--workers=-1"}), HasSubstr("between 1 and 65536"));
  EXPECT_THAT(error_of({"--workers", "99999999999999999999"}), HasSubstr("--workers"));
  EXPECT_THAT(error_of({"--workers", "two"}), HasSubstr("--workers"));
  EXPECT_THAT(error_of({"--workers", ""}), HasSubstr("--workers"));
  EXPECT_THAT(error_of({"--pin", "compcat"}), HasSubstr("did you mean compact?"));
  EXPECT_THAT(error_of({"--xml", "/no/such.xml"}), HasSubstr("/no/such.xml"));
  EXPECT_THAT(error_of({"--xml", ""}), HasSubstr("names no file"));
  EXPECT_THAT(error_of({"--xml", topologies + "bad-xml-version-3.xml"}), HasSubstr("written by hwloc 3"));
  EXPECT_THAT(error_of({"--xml", topologies + "128arm-2pa2n8cluster4co.xml", "--pin", "siblings", "--workers", "2"}),
              HasSubstr("no core of this machine has two"));
  EXPECT_THAT(error_of({"--no-such-option"}), HasSubstr("usage"));
}

TEST(Topo, HelpHasExamples) {
  CLI::App app("fairground");
  int exit_code = 0;
  add_topo_command(app, exit_code);
  EXPECT_THAT(app.get_subcommand("topo")->help(),
              AllOf(HasSubstr("Examples:"), HasSubstr("fairground topo --pin scatter"), HasSubstr("units:0+2-3")));
}

}  // namespace
}  // namespace fairground::cli
