#include "machine/draw.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <set>
#include <sstream>

#include "base/files.hpp"
#include "machine/boxes.hpp"
#include "machine/topologies_for_test.hpp"
#include "machine/xml.hpp"

namespace fairground::machine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// ---- pieces ----

TEST(Boxes, StandBesideOneAnotherInEvenRows) {
  const Block one = frame("a", of_lines({"x", "yy"}), signs(true));
  EXPECT_EQ(text_of(flow({one, one}, 80)),
            "+ a -+ + a -+\n"
            "| x  | | x  |\n"
            "| yy | | yy |\n"
            "+----+ +----+\n");
  // Four in two rows of two, though three would fit in the first.
  EXPECT_EQ(text_of(flow({of_lines({"aa"}), of_lines({"bb"}), of_lines({"cc"}), of_lines({"dd"})}, 8)),
            "aa bb\ncc dd\n");
}

TEST(Boxes, AreCountedInColumnsNotBytes) {
  EXPECT_EQ(width_of("w0 → PU 0 …"), 11U);
  EXPECT_THAT(wrap({"aaa", "bbb", "→→→"}, " ", 7, signs(false)), ElementsAre("aaa bbb", "→→→"));
  EXPECT_THAT(wrap({"abcdef"}, " ", 4, signs(false)), ElementsAre("abc…"));
}

TEST(Words, RangesAndWorkers) {
  EXPECT_THAT(ranges({0, 1, 2, 3, 8, 12, 13}, false), ElementsAre("0–3", "8", "12", "13"));
  EXPECT_THAT(ranges({5}, true), ElementsAre("5"));
  EXPECT_THAT(ranges({}, true), ElementsAre());
  EXPECT_EQ(worker_names({0, 2, 4}, 4, false), "w0 w2 w4");
  EXPECT_EQ(worker_names({0, 1, 2, 3, 4}, 4, false), "w0 w1 … w4 (5)");
}

// ---- every machine: golden drawings and what must hold for each ----

class Drawings : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Drawings, ::testing::ValuesIn(topology_names()),
                         [](const auto& test) { return test_name(test.param); });

TEST_P(Drawings, AreAsBefore) {
  const Machine machine = discover(topology_file(GetParam()));
  const Plan planned = plan(machine, "scatter", 8);
  const std::string text = draw(machine, &planned) + "\n" + draw_plan(machine, planned);
  const auto file = std::filesystem::path(FAIRGROUND_SOURCE_DIR) / "harness/machine/testdata" / "golden" /
                    (GetParam() + ".drawing.txt");
  if (std::getenv("FAIRGROUND_UPDATE_GOLDEN") != nullptr) write_file_atomically(file, text);
  EXPECT_EQ(read_small_file(file).value_or("missing: run with FAIRGROUND_UPDATE_GOLDEN=1"), text);
}

TEST_P(Drawings, FitIntoTheirColumns) {
  const Machine machine = discover(topology_file(GetParam()));
  for (const unsigned columns : {60U, 80U, 100U}) {
    for (const bool ascii : {false, true}) {
      for (const unsigned workers : {1U, 8U, 600U}) {
        const Plan planned = plan(machine, "compact", workers);
        const DrawStyle style{ascii, columns};
        const std::string text = draw(machine, &planned, style) + draw_plan(machine, planned, style);
        for (const std::string& line : lines_of(text)) EXPECT_LE(width_of(line), columns) << line;
        EXPECT_TRUE(!ascii || is_ascii(text));
        EXPECT_THAT(text, Not(HasSubstr(" \n")));
      }
    }
  }
}

// Read back from the list of workers by unit, the drawing says what the plan says.
TEST_P(Drawings, TellThePlan) {
  const Machine machine = discover(topology_file(GetParam()));
  const Plan planned = plan(machine, "scatter", static_cast<unsigned>(machine.units.size()));
  const std::string text = draw_plan(machine, planned);
  std::vector<std::vector<unsigned>> told(planned.places.size());
  const std::regex cell("PU ([0-9]+): w([0-9]+)");
  for (std::sregex_iterator at(text.begin(), text.end(), cell), end; at != end; ++at) {
    told.at(std::stoul((*at)[2])).push_back(static_cast<unsigned>(std::stoul((*at)[1])));
  }
  EXPECT_EQ(told, planned.places);
}

// ---- what is special ----

TEST(Drawing, OfUnitsThatMayNotBeUsed) {
  const PrivateFolder folder("fairground-test");
  std::string xml = *read_small_file(topology_file("2i386-2t-hugepagesizecount.xml"));
  const std::string before = "allowed_cpuset=\"0x00000003\"";
  xml.replace(xml.find(before), before.size(), "allowed_cpuset=\"0x00000002\"");
  write_file_atomically(folder.path() / "m.xml", xml);
  EXPECT_THAT(draw(discover(folder.path() / "m.xml")),
              AllOf(HasSubstr("1 processing unit\n"), HasSubstr("1 more processing unit may not be used"),
                    HasSubstr("PU 0: not allowed"), HasSubstr("PU 1")));
}

TEST(Drawing, OfAQuota) {
  Machine machine = discover(topology_file("16em64t-4s2c2t-offlines.xml"));
  machine.quota_units = 3;
  EXPECT_THAT(draw(machine), HasSubstr("a cgroup's CPU quota is worth 3 of them"));
  EXPECT_THAT(draw_plan(machine, plan(machine, "none", 4)), AllOf(HasSubstr("worth 3"), HasSubstr("oversubscribed")));
}

TEST(Drawing, OfManyBoxesAlikeTellsSomeOnly) {
  const PrivateFolder folder("fairground-test");
  const Topology topology;
  ASSERT_EQ(hwloc_topology_set_synthetic(topology.get(), "pack:2 l3:32 core:8 pu:2"), 0);
  ASSERT_EQ(hwloc_topology_load(topology.get()), 0);
  write_file_atomically(folder.path() / "m.xml", export_xml(topology.get()));
  const std::string text = draw(discover(folder.path() / "m.xml"));
  EXPECT_THAT(text,
              AllOf(HasSubstr("29 more like these"), HasSubstr("Cores 504–511"), HasSubstr("PU 1008–1023, 2 a core")));
  EXPECT_LT(lines_of(text).size(), 60U);
}

TEST(Drawing, OfNoPinning) {
  const Machine machine = discover(topology_file("2i386-2t-hugepagesizecount.xml"));
  EXPECT_EQ(draw_plan(machine, plan(machine, "none", 2)),
            "Plan none: 2 workers, not pinned: the kernel puts each on any of 2 processing units\n");
}

}  // namespace
}  // namespace fairground::machine
