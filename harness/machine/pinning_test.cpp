#include "machine/pinning.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <set>

#include "base/error.hpp"
#include "base/files.hpp"
#include "machine/topologies_for_test.hpp"
#include "machine/xml.hpp"

namespace fairground::machine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<unsigned> units(const Machine& machine, const std::string& policy, unsigned workers) {
  std::vector<unsigned> all;
  for (const auto& place : plan(machine, policy, workers).places) all.insert(all.end(), place.begin(), place.end());
  return all;
}

std::string refusal(const Machine& machine, const std::string& policy, unsigned workers = 1) {
  try {
    plan(machine, policy, workers);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

std::string misspelling(const std::string& policy) {
  try {
    check_policy(policy);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

// A machine from hwloc's synthetic description, through its XML as any other.
Machine synthetic(const char* description) {
  const PrivateFolder folder("fairground-test");
  const Topology topology;
  EXPECT_EQ(hwloc_topology_set_synthetic(topology.get(), description), 0);
  EXPECT_EQ(hwloc_topology_load(topology.get()), 0);
  write_file_atomically(folder.path() / "synthetic.xml", export_xml(topology.get()));
  return discover(folder.path() / "synthetic.xml");
}

// ---- worked by hand ----

// Packages hold cores {0/8, 4/12}, {1/9}, {3/11, 7/15}, {6, 10}; one node holds all.
TEST(Scatter, GoesToTheLeastLoadedWhereCoresAreUneven) {
  const Machine machine = discover(topology_file("16em64t-4s2c2t-offlines.xml"));
  EXPECT_THAT(units(machine, "scatter", 14), ElementsAre(0, 1, 3, 6,     // a package each
                                                         4, 7, 10,       // their second cores
                                                         9,              // a thread in the package with one worker
                                                         8, 11, 12, 15,  // then in those with two, in turn
                                                         0, 1));         // and again
}

// Eight packages of one core in each node: the next package is one in a node without a worker.
TEST(Scatter, TakesPackagesFromNodesInTurn) {
  const Machine machine = discover(topology_file("256ppc-8n8s4t.xml"));
  EXPECT_THAT(units(machine, "scatter", 10), ElementsAre(0, 32, 64, 96, 128, 160, 192, 224, 4, 36));
}

// The last-level cache is the package, and has two nodes inside.
TEST(Scatter, OpensNodesInsideACache) {
  const Machine machine = discover(topology_file("memorysidecaches.xml"));
  EXPECT_THAT(units(machine, "scatter", 6), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_EQ(units(machine, "scatter", 41)[40], 40U);  // every core has one: the second threads begin
}

TEST(Compact, StaysInANodeOfManyPackages) {
  const Machine machine = discover(topology_file("256ppc-8n8s4t.xml"));
  const auto order = units(machine, "compact", 40);
  for (unsigned worker = 0; worker < 40; ++worker) EXPECT_EQ(order[worker], worker);
}

TEST(Compact, FillsACoreFirst) {
  const Machine machine = discover(topology_file("memorysidecaches.xml"));
  EXPECT_THAT(units(machine, "compact", 4), ElementsAre(0, 40, 4, 44));
}

TEST(Cores, WrapsWithinTheFirstThreads) {
  const Machine machine = discover(topology_file("16em64t-4s2c2t-offlines.xml"));
  EXPECT_THAT(units(machine, "cores", 9), ElementsAre(0, 4, 1, 3, 7, 6, 10, 0, 4));
  EXPECT_FALSE(plan(machine, "cores", 7).oversubscribed);
  EXPECT_TRUE(plan(machine, "cores", 8).oversubscribed);
}

TEST(Siblings, StayOnOneCore) {
  EXPECT_THAT(units(discover(topology_file("memorysidecaches.xml")), "siblings", 3), ElementsAre(0, 40, 0));
  EXPECT_THAT(units(discover(topology_file("256ppc-8n8s4t.xml")), "siblings", 5), ElementsAre(0, 1, 2, 3, 0));
}

// The first core has lost its second thread, the second core has both.
TEST(Siblings, TakeTheFirstCoreThatHasMost) {
  Machine machine = synthetic("pack:1 core:2 pu:2");
  machine.units.erase(machine.units.begin() + 1);
  EXPECT_THAT(units(machine, "siblings", 3), ElementsAre(2, 3, 2));
}

TEST(Kinds, PickTheirCores) {
  const Machine machine = discover(topology_file("20em64t-hybrid-1p6c2t+2ca4co1t.xml"));
  EXPECT_THAT(units(machine, "performance", 13), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0));
  EXPECT_THAT(units(machine, "efficient", 9), ElementsAre(12, 13, 14, 15, 16, 17, 18, 19, 12));
}

TEST(Kinds, WithoutARankAreRefused) {
  Machine machine = synthetic("pack:1 core:2 pu:1");
  machine.kinds = 2;
  EXPECT_THAT(refusal(machine, "performance"), HasSubstr("performs better"));
}

TEST(Node, IsNamedByItsOsIndex) {
  const Machine machine = discover(topology_file("48amd64-4pa2n6c-sparse.xml"));
  EXPECT_THAT(units(machine, "node:33", 7), ElementsAre(18, 19, 20, 21, 22, 23, 18));
}

// ---- a quota ----

TEST(Quota, CutsTheSetButNotAnExplicitOne) {
  Machine machine = discover(topology_file("16em64t-4s2c2t-offlines.xml"));
  machine.quota_units = 3;
  EXPECT_THAT(units(machine, "scatter", 5), ElementsAre(0, 1, 3, 0, 1));
  EXPECT_FALSE(plan(machine, "scatter", 3).oversubscribed);
  EXPECT_TRUE(plan(machine, "scatter", 4).oversubscribed);
  EXPECT_TRUE(plan(machine, "none", 4).oversubscribed);
  EXPECT_THAT(units(machine, "siblings", 3), ElementsAre(0, 8, 0));
  EXPECT_THAT(units(machine, "units:0+1+3+6", 4), ElementsAre(0, 1, 3, 6));
  EXPECT_TRUE(plan(machine, "units:0+1+3+6", 4).oversubscribed);
}

// ---- refusals ----

TEST(Refusal, SaysWhatTheMachineLacks) {
  const Machine arm = discover(topology_file("128arm-2pa2n8cluster4co.xml"));
  EXPECT_THAT(refusal(arm, "siblings"), HasSubstr("no core of this machine has two"));
  EXPECT_THAT(refusal(arm, "performance"), HasSubstr("all of one kind"));
  EXPECT_THAT(refusal(arm, "efficient"), HasSubstr("all of one kind"));
  EXPECT_THAT(refusal(arm, "node:4"), AllOf(HasSubstr("no NUMA node 4"), HasSubstr("0, 1, 2, 3")));
  EXPECT_THAT(refusal(arm, "units:0+128"), HasSubstr("processing unit 128"));
  const Machine cgroup = discover(topology_file("32amd64-4s2n4c-cgroup2.xml"));
  EXPECT_THAT(refusal(cgroup, "node:2"), AllOf(HasSubstr("node 2 has no processing unit"), HasSubstr("0, 1")));
  EXPECT_THAT(refusal(cgroup, "units:0-6"), HasSubstr("processing unit 6"));
}

TEST(Refusal, OfWorkersOutOfRange) {
  const Machine machine = discover(topology_file("2i386-2t-hugepagesizecount.xml"));
  EXPECT_THAT(refusal(machine, "compact", 0), HasSubstr("0 workers"));
  EXPECT_THAT(refusal(machine, "compact", 65'537), HasSubstr("65536"));
  EXPECT_EQ(plan(machine, "compact", 65'536).places.size(), 65'536U);
}

TEST(Refusal, OfWhatIsNoPolicy) {
  for (const char* good : {"compact", "scatter", "cores", "siblings", "performance", "efficient", "node:0",
                           "node:65535", "units:0", "units:0+2-3", "units:7-7", "none"}) {
    EXPECT_EQ(misspelling(good), "") << good;
  }
  EXPECT_THAT(misspelling("compcat"),
              AllOf(HasSubstr("'compcat'"), HasSubstr("did you mean compact?"), HasSubstr("scatter")));
  EXPECT_THAT(misspelling(""), HasSubstr("no such policy"));
  EXPECT_THAT(misspelling("Compact"), HasSubstr("did you mean compact?"));
  EXPECT_THAT(misspelling("compact:1"), HasSubstr("no such policy"));
  for (const char* bad : {"node",
                          "node:",
                          "node:N",
                          "node:-1",
                          "node:1x",
                          "node:65536",
                          "node:99999999999999999999",
                          "units",
                          "units:",
                          "units:0-",
                          "units:-3",
                          "units:3-2",
                          "units:0+",
                          "units:0++1",
                          "units:0,1",
                          "units:0+2-3+3",
                          "units:1+1",
                          "units: 1",
                          "units:0-4294967295",
                          "none:",
                          "\x1b[31m"}) {
    EXPECT_NE(misspelling(bad), "") << bad;
  }
  EXPECT_THAT(misspelling("units:0+2-3+3"), HasSubstr("unit 3 is named twice"));
}

// ---- size ----

TEST(Size, OfAThousandUnits) {
  const Machine machine = synthetic("pack:4 numa:2 l3:4 core:16 pu:2");
  ASSERT_EQ(machine.units.size(), 1024U);
  for (const char* policy : {"compact", "scatter", "cores"}) {
    const auto begin = std::chrono::steady_clock::now();
    const Plan planned = plan(machine, policy, 1024);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    std::cout << policy << ": 1,024 units planned in " << took.count() << " ms\n";
    EXPECT_EQ(planned.places.size(), 1024U);
    EXPECT_EQ(planned.oversubscribed, std::string(policy) == "cores");
  }
  const auto order = units(machine, "scatter", 33);
  EXPECT_EQ(order[1], 256U);  // another package
  EXPECT_EQ(order[4], 128U);  // another node
  EXPECT_EQ(order[8], 32U);   // another last-level cache
  EXPECT_EQ(order[32], 2U);   // another core
}

// ---- golden plans: one file a machine; FAIRGROUND_UPDATE_GOLDEN=1 writes them afresh ----

std::string golden_text(const std::string& name, const Machine& machine) {
  std::set<unsigned> nodes;
  for (const Unit& unit : machine.units) nodes.insert(unit.node_os_index);
  const auto all = static_cast<unsigned>(machine.units.size());
  std::string text = name + ": " + std::to_string(machine.packages) + " packages, " + std::to_string(machine.nodes) +
                     " nodes, " + std::to_string(machine.caches) + " last-level caches, " +
                     std::to_string(machine.cores) + " cores, " + std::to_string(all) + " units\n";
  const std::vector<std::string> policies = {"compact",
                                             "scatter",
                                             "cores",
                                             "siblings",
                                             "performance",
                                             "efficient",
                                             "node:" + std::to_string(*nodes.rbegin()),
                                             "units:" + std::to_string(machine.units.back().os_index) + "+0",
                                             "none"};
  for (const std::string& policy : policies) {
    text += "\n" + policy + "\n";
    for (const unsigned workers : std::set<unsigned>{1, 2, 3, 4, 6, 8, machine.cores, all, all + all / 2}) {
      if (const std::string why = refusal(machine, policy, workers); !why.empty()) {
        text += "  " + why + "\n";
        break;
      }
      const Plan planned = plan(machine, policy, workers);
      text += "  " + std::to_string(workers) + (planned.oversubscribed ? " oversubscribed:" : ":");
      for (const auto& place : planned.places) text += place.empty() ? " -" : " " + std::to_string(place[0]);
      text += "\n";
    }
  }
  return text;
}

class Golden : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(topology_names()),
                         [](const auto& test) { return test_name(test.param); });

TEST_P(Golden, Plans) {
  const auto file = std::filesystem::path(FAIRGROUND_SOURCE_DIR) / "harness/machine/testdata" / "golden" /
                    (GetParam() + ".plans.txt");
  const std::string text = golden_text(GetParam(), discover(topology_file(GetParam())));
  if (std::getenv("FAIRGROUND_UPDATE_GOLDEN") != nullptr) write_file_atomically(file, text);
  EXPECT_EQ(read_small_file(file).value_or("missing: run with FAIRGROUND_UPDATE_GOLDEN=1"), text);
}

}  // namespace
}  // namespace fairground::machine
