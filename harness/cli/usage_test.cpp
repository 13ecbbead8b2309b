#include "cli/usage.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "cli/bench_command.hpp"

namespace fairground::cli {
namespace {

std::string error_of(const std::string& line) {
  CLI::App app("Fairground", "fairground");
  app.require_subcommand(1);
  CLI::App* run = app.add_subcommand("run", "");
  std::vector<std::string> names;
  std::string time, trials;
  run->add_option("names", names)->required();
  run->add_option("--time", time);
  run->add_option("--trials", trials);
  app.add_subcommand("report", "");
  try {
    app.parse(line);
  } catch (const CLI::ParseError& error) {
    return usage_error(app, error);
  }
  return "";
}

TEST(Usage, NamesTheNearestOption) {
  EXPECT_EQ(error_of("run mutex --tiem 5"),
            "run has no option --tiem (did you mean --time?); `fairground run --help` shows how it is used.");
  EXPECT_EQ(error_of("run mutex --trails=5"),
            "run has no option --trails (did you mean --trials?); `fairground run --help` shows how it is used.");
}

TEST(Usage, NamesTheNearestCommand) {
  EXPECT_EQ(error_of("rnu mutex"),
            "There is no command 'rnu' (did you mean run?); `fairground --help` shows how it is used.");
}

TEST(Usage, SaysWhatThereIsToDo) {
  EXPECT_EQ(error_of(""), "Say what to do: run, report; `fairground --help` shows how it is used.");
}

TEST(Usage, SaysWhatIsMissing) {
  EXPECT_EQ(error_of("run"), "names is required; `fairground run --help` shows how it is used.");
  EXPECT_NE(error_of("run mutex --time").find("--time"), std::string::npos);
}

TEST(BenchFlags, AreThoseOfGoogleBenchmark) {
  EXPECT_NO_THROW(check_flags({"--benchmark_out=a.json", "--benchmark_repetitions=9", "--v=2"}));
  try {
    check_flags({"--benchmark_repetition=9"});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("--benchmark_repetitions"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace fairground::cli
