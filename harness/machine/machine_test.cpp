#include "machine/machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/files.hpp"
#include "machine/topologies_for_test.hpp"
#include "machine/xml.hpp"

namespace fairground::machine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<unsigned> os_indexes(const Machine& machine) {
  std::vector<unsigned> all;
  for (const Unit& unit : machine.units) all.push_back(unit.os_index);
  return all;
}

std::string error_of(const std::filesystem::path& file) {
  try {
    discover(file);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// ---- what is counted: checked by hand against lstopo's drawing of each file ----

struct Counts {
  const char* file;
  unsigned packages, nodes, caches, cores, units, kinds;
};

class KnownMachines : public ::testing::TestWithParam<Counts> {};

TEST_P(KnownMachines, AreCounted) {
  const Counts& known = GetParam();
  const Machine machine = discover(topology_file(known.file));
  EXPECT_EQ(std::make_tuple(machine.packages, machine.nodes, machine.caches, machine.cores, machine.units.size(),
                            machine.kinds),
            std::make_tuple(known.packages, known.nodes, known.caches, known.cores, known.units, known.kinds));
}

INSTANTIATE_TEST_SUITE_P(All, KnownMachines,
                         ::testing::Values(Counts{"128arm-2pa2n8cluster4co.xml", 2, 4, 4, 128, 128, 1},
                                           Counts{"16em64t-4s2c2t-offlines.xml", 4, 1, 4, 7, 12, 1},
                                           Counts{"20em64t-hybrid-1p6c2t+2ca4co1t.xml", 1, 1, 1, 14, 20, 2},
                                           Counts{"256ppc-8n8s4t.xml", 64, 8, 64, 64, 256, 1},
                                           Counts{"2i386-2t-hugepagesizecount.xml", 1, 1, 1, 1, 2, 1},
                                           Counts{"32amd64-4s2n4c-cgroup2.xml", 1, 2, 2, 6, 6, 1},
                                           Counts{"48amd64-4pa2n6c-sparse.xml", 4, 8, 8, 48, 48, 1},
                                           Counts{"memorysidecaches.xml", 2, 4, 2, 40, 80, 1}),
                         [](const auto& test) { return test_name(test.param.file); });

class EveryTopology : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, EveryTopology, ::testing::ValuesIn(topology_names()),
                         [](const auto& test) { return test_name(test.param); });

TEST_P(EveryTopology, IsNumberedWithoutHoles) {
  const Machine machine = discover(topology_file(GetParam()));
  std::set<unsigned> os, cores, caches, nodes, packages;
  std::vector<unsigned> threads(machine.cores);
  for (const Unit& unit : machine.units) {
    EXPECT_TRUE(os.insert(unit.os_index).second);
    cores.insert(unit.core);
    caches.insert(unit.cache);
    nodes.insert(unit.node);
    packages.insert(unit.package);
    EXPECT_EQ(unit.thread, threads.at(unit.core)++);
  }
  const auto complete = [](const std::set<unsigned>& seen, unsigned count) {
    return seen.size() == count && *seen.begin() == 0 && *seen.rbegin() == count - 1;
  };
  EXPECT_TRUE(complete(cores, machine.cores));
  EXPECT_TRUE(complete(caches, machine.caches));
  EXPECT_TRUE(complete(nodes, machine.nodes));
  EXPECT_TRUE(complete(packages, machine.packages));
}

// What a record holds can be planned on again.
TEST_P(EveryTopology, SurvivesItsOwnExport) {
  const Machine machine = discover(topology_file(GetParam()));
  const PrivateFolder folder("fairground-test");
  write_file_atomically(folder.path() / "again.xml", machine.xml);
  const Machine again = discover(folder.path() / "again.xml");
  EXPECT_EQ(again.tree, machine.tree);
  EXPECT_EQ(os_indexes(again), os_indexes(machine));
  EXPECT_EQ(again.xml, machine.xml);
}

// ---- single machines with something special ----

TEST(Machine, CpuKindsAreRanked) {
  const Machine machine = discover(topology_file("20em64t-hybrid-1p6c2t+2ca4co1t.xml"));
  for (const Unit& unit : machine.units) EXPECT_EQ(unit.kind, unit.os_index < 12 ? 1 : 0) << unit.os_index;
}

TEST(Machine, OfflineUnitsAreLeftOut) {
  const Machine machine = discover(topology_file("16em64t-4s2c2t-offlines.xml"));
  EXPECT_THAT(os_indexes(machine), ElementsAre(0, 8, 4, 12, 1, 9, 3, 11, 7, 15, 6, 10));
}

TEST(Machine, OsIndexesOfNodesMayBeSparse) {
  std::set<unsigned> nodes;
  for (const Unit& unit : discover(topology_file("48amd64-4pa2n6c-sparse.xml")).units) nodes.insert(unit.node_os_index);
  EXPECT_THAT(nodes, ElementsAre(0, 1, 2, 33, 34, 45, 72, 73));
}

TEST(Machine, NodesBehindMemorySideCachesAreFound) {
  const Machine machine = discover(topology_file("memorysidecaches.xml"));
  EXPECT_EQ(machine.units[0].node_os_index, 0U);
  EXPECT_EQ(machine.units[20].node_os_index, 2U);
  EXPECT_EQ(machine.units[40].node_os_index, 1U);
  EXPECT_EQ(machine.units[0].cache, machine.units[20].cache);
  const auto& group = machine.tree["children"][0]["children"][0]["children"][0];
  EXPECT_EQ(group["children"][0]["type"], "MemCache");
  EXPECT_EQ(group["children"][0]["children"][0]["type"], "NUMANode");
  EXPECT_EQ(group["children"][0]["children"][0]["size_bytes"], 397816131584);
}

// A file that lists a whole machine, of which a cgroup allows less.
TEST(Machine, DisallowedUnitsAreDrawnButNotCounted) {
  const PrivateFolder folder("fairground-test");
  std::string xml = *read_small_file(topology_file("2i386-2t-hugepagesizecount.xml"));
  const std::string before = "allowed_cpuset=\"0x00000003\"";
  ASSERT_NE(xml.find(before), std::string::npos);
  xml.replace(xml.find(before), before.size(), "allowed_cpuset=\"0x00000002\"");
  write_file_atomically(folder.path() / "m.xml", xml);
  const Machine machine = discover(folder.path() / "m.xml");
  EXPECT_THAT(os_indexes(machine), ElementsAre(1));
  EXPECT_EQ(machine.units[0].thread, 0U);
  EXPECT_EQ(machine.cores, 1U);
  const std::string tree = machine.tree.dump();
  EXPECT_THAT(tree, AllOf(HasSubstr("\"allowed\":false"), HasSubstr("\"os_index\":1")));
}

TEST(Machine, TheRecordHoldsNoSerialNumbers) {
  const Machine machine = discover(topology_file("48amd64-4pa2n6c-sparse.xml"));
  EXPECT_THAT(machine.xml, AllOf(HasSubstr("DMIProductName"), Not(HasSubstr("DMIProductSerial")),
                                 Not(HasSubstr("DMIProductUUID")), Not(HasSubstr("0123456789"))));
}

// ---- this machine ----

std::set<unsigned> affinity() {
  cpu_set_t set;
  CPU_ZERO(&set);
  EXPECT_EQ(sched_getaffinity(0, sizeof set, &set), 0);
  std::set<unsigned> units;
  for (unsigned unit = 0; unit < CPU_SETSIZE; ++unit) {
    if (CPU_ISSET(unit, &set)) units.insert(unit);
  }
  return units;
}

TEST(ThisMachine, OffersWhatItsAffinityAllows) {
  const Machine machine = discover();
  const auto units = os_indexes(machine);
  EXPECT_EQ(std::set<unsigned>(units.begin(), units.end()), affinity());
  EXPECT_THAT(machine.xml, HasSubstr("<topology version=\"2"));
  EXPECT_EQ(machine.tree["type"], "Machine");
}

TEST(ThisMachine, OffersLessWhenBoundToLess) {
  const auto before = affinity();
  if (before.size() < 2) GTEST_SKIP() << "one processing unit only";
  cpu_set_t all, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  CPU_ZERO(&one);
  CPU_SET(*before.rbegin(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const Machine machine = discover();
  ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
  EXPECT_THAT(os_indexes(machine), ElementsAre(*before.rbegin()));
  EXPECT_EQ(machine.cores, 1U);
}

TEST(ThisMachine, IsNotReplacedBehindOurBack) {
  ASSERT_EQ(setenv("HWLOC_SYNTHETIC", "pack:2 core:2 pu:1", 1), 0);
  std::string error;
  try {
    discover();
  } catch (const UserError& caught) {
    error = caught.what();
  }
  ASSERT_EQ(unsetenv("HWLOC_SYNTHETIC"), 0);
  EXPECT_THAT(error, HasSubstr("HWLOC_SYNTHETIC"));
}

// ---- bad files ----

class BadFile : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& content) {
    auto path = folder_.path() / "bad.xml";
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  PrivateFolder folder_{"fairground-test"};
};

TEST_F(BadFile, OfHwloc3IsNamedSo) {
  ::testing::internal::CaptureStderr();
  const std::string error = error_of(topology_file("bad-xml-version-3.xml"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(error, AllOf(HasSubstr("bad-xml-version-3.xml"), HasSubstr("hwloc 3"), HasSubstr("--export-xml-flags")));
}

TEST_F(BadFile, MissingEmptyFolderOrPipe) {
  EXPECT_THAT(error_of("/no/such/file.xml"), AllOf(HasSubstr("/no/such/file.xml"), HasSubstr("No such file")));
  EXPECT_THAT(error_of(""), HasSubstr("No such file"));
  EXPECT_THAT(error_of(write("")), HasSubstr("is empty"));
  EXPECT_THAT(error_of(folder_.path()), HasSubstr("is a directory"));
  ASSERT_EQ(mkfifo((folder_.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(error_of(folder_.path() / "pipe"), HasSubstr("no regular file"));
  EXPECT_THAT(error_of(topology_file("README.md") / "x"), HasSubstr("Not a directory"));
}

TEST_F(BadFile, OfAnotherKind) {
  EXPECT_THAT(error_of(topology_file("README.md")), HasSubstr("holds no hwloc topology"));
  EXPECT_THAT(error_of(write("<html><body>topology</body></html>")), HasSubstr("holds no hwloc topology"));
  EXPECT_THAT(error_of(write(std::string(4096, '\0'))), HasSubstr("holds no hwloc topology"));
  EXPECT_THAT(error_of(write("<topologydiff version=\"2.0\"></topologydiff>")), HasSubstr("holds no hwloc topology"));
}

TEST_F(BadFile, IsQuietlyRefused) {
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(error_of(write("<topology version=\"2.0\"><object type=\"Machine\"")), HasSubstr("damaged"));
  EXPECT_THAT(error_of(write("<?xml version=\"1.0\"?>\n<topology version=\"2.0\">\n</topology>\n")),
              HasSubstr("damaged"));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(BadFile, CutShortAnywhere) {
  const std::string whole = *read_small_file(topology_file("2i386-2t-hugepagesizecount.xml"));
  for (std::size_t length = 0; length < whole.size() - 2; length += 29) {
    EXPECT_NE(error_of(write(whole.substr(0, length))), "") << length;
  }
}

// hwloc 2.9 crashes on files like these: on a line taken out, and on an object of another type in its place.
TEST_F(BadFile, DamagedAnywhereNeverCrashes) {
  const std::string whole = *read_small_file(topology_file("2i386-2t-hugepagesizecount.xml"));
  for (std::size_t begin = whole.find("<object"); begin < whole.size(); begin = whole.find('\n', begin) + 1) {
    std::string without = whole;
    error_of(write(without.erase(begin, whole.find('\n', begin) + 1 - begin)));
  }
  for (std::size_t at = whole.find("type=\""); at != std::string::npos; at = whole.find("type=\"", at + 1)) {
    for (const char* type : {"PU", "NUMANode"}) {
      std::string other = whole;
      error_of(write(other.replace(at + 6, whole.find('"', at + 6) - at - 6, type)));
    }
  }
}

TEST_F(BadFile, ThatAsksForTheImpossible) {
  std::string xml = *read_small_file(topology_file("2i386-2t-hugepagesizecount.xml"));
  const std::string before = "type=\"PU\" os_index=\"1\"";
  ASSERT_NE(xml.find(before), std::string::npos);
  xml.replace(xml.find(before), before.size(), "type=\"PU\" os_index=\"4000000000\"");
  EXPECT_NE(error_of(write(xml)), "");
}

}  // namespace
}  // namespace fairground::machine
