#include "cli/list_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/describe_command.hpp"

namespace fairground::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string text_of(const std::vector<Line>& lines) {
  std::string out;
  for (const Line& line : lines) out += line.render() + "\n";
  return out;
}

Style pipe_style() {
  Style style;
  style.utf8 = true;
  return style;
}

plan::WorkloadInfo workload(const std::string& id, const std::string& family) {
  plan::WorkloadInfo w;
  w.id = id;
  w.family = family;
  w.summary = "what " + id + " does";
  w.operation = "turn";
  w.invariant = "the sum is right";
  w.plugin = "/plugins/x.so";
  return w;
}

TEST(List, IsGroupedByFamilyInTheOrderOfTheAlphabet) {
  plan::WorkloadInfo spin = workload("spin", "locks");
  spin.capabilities = {"contended", "processes"};
  plan::WorkloadInfo matrix = workload("matrix", "cpu");
  matrix.kind = "team";
  EXPECT_EQ(text_of(list_lines({spin, matrix, workload("mutex", "locks")}, pipe_style())),
            "cpu\n"
            "  matrix    t  what matrix does\n"
            "\n"
            "locks\n"
            "  mutex        what mutex does\n"
            "  spin    cp   what spin does\n"
            "\n"
            "c has a contended resource · p workers may be processes · t a team, one worker of n places\n"
            "3 workloads in 2 families. Next: fairground describe matrix\n");
}

TEST(List, KeepsToAHundredColumns) {
  plan::WorkloadInfo w = workload(std::string(60, 'x'), "long");
  w.summary = "";
  for (int i = 0; i < 60; ++i) w.summary += "thé ";
  for (const Line& line : list_lines({w, workload("short", "long")}, pipe_style())) {
    EXPECT_LE(line.columns(), 100u) << line.render();
  }
  w.id = "mutex";
  for (const Line& line : list_lines({w}, pipe_style())) EXPECT_LE(line.columns(), 100u) << line.render();
}

TEST(List, SaysThatThereIsNothing) {
  EXPECT_THAT(text_of(list_lines({}, pipe_style())), HasSubstr("no plugin was found"));
}

TEST(Missing, NamesThePackageOnce) {
  EXPECT_EQ(text_of(missing_lines({}, pipe_style())), "Nothing was left out.\n");
  EXPECT_EQ(text_of(missing_lines({{"ck-ticket", "libck-dev"}, {"ck-mcs", "libck-dev"}}, pipe_style())),
            "Left out when this was built, and the package that brings what each needs:\n"
            "  ck-ticket  libck-dev\n"
            "  ck-mcs     libck-dev\n"
            "Next: apt-get install libck-dev, and build again\n");
}

TEST(Describe, TellsAll) {
  plan::WorkloadInfo w = workload("spin", "locks");
  w.capabilities = {"contended", "files"};
  w.control = "none";
  w.expects = {"starvation"};
  plan::ParameterInfo hold;
  hold.key = "critical";
  hold.type = plan::ParameterType::duration;
  hold.default_value = 100;
  hold.maximum = 1e9;
  hold.help = "length of the critical section";
  plan::ParameterInfo kind = hold;
  kind.key = "kind";
  kind.type = plan::ParameterType::choice;
  kind.default_value = "a";
  kind.choices = {"a", "b", "c"};
  kind.processes = "a,b";
  kind.help = "";
  w.parameters = {hold, kind};
  w.counters = {{"spins", "turns of the waiting loop"}};
  EXPECT_EQ(text_of(describe_lines(w, pipe_style())),
            "spin  locks, version 1\n"
            "  what spin does\n"
            "\n"
            "  counts      turn\n"
            "  invariant   the sum is right\n"
            "  workers     threads\n"
            "  fairness    not promised: starvation is shown, and no failure\n"
            "  expects     starvation\n"
            "  control     none\n"
            "  needs       room for files\n"
            "  plugin      /plugins/x.so\n"
            "\n"
            "Parameters\n"
            "  critical  100ns  0ns to 1s\n"
            "      length of the critical section\n"
            "  kind      a      a, b or c\n"
            "      between processes: a or b\n"
            "\n"
            "  Set them with --set KEY=VALUE; several values, separated by commas, are a sweep.\n"
            "\n"
            "Counters of its own\n"
            "  spins\n"
            "      turns of the waiting loop\n"
            "\n"
            "Next: fairground run spin --workers 2\n");
}

TEST(Describe, WrapsLongTexts) {
  plan::WorkloadInfo w = workload("spin", "locks");
  w.invariant = "";
  for (int i = 0; i < 60; ++i) w.invariant += "word ";
  plan::ParameterInfo p;
  p.key = "kind";
  p.type = plan::ParameterType::choice;
  p.default_value = "choice-0";
  for (int i = 0; i < 30; ++i) p.choices.push_back("choice-" + std::to_string(i));
  w.parameters = {p};
  for (const Line& line : describe_lines(w, pipe_style())) EXPECT_LE(line.columns(), 100u) << line.render();
}

}  // namespace
}  // namespace fairground::cli
