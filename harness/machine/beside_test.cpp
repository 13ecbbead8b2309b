// Where companions go relative to a subject, as properties on every captured machine, for subjects of one worker up to
// one for each unit, placed either way.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.hpp"
#include "machine/pinning.hpp"
#include "machine/topologies_for_test.hpp"

namespace fairground::machine {
namespace {

using Field = unsigned Unit::*;

class Beside : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    machine_ = discover(topology_file(GetParam()));
    for (const Unit& unit : machine_.units) by_os_[unit.os_index] = &unit;
  }

  std::set<unsigned> values(const std::vector<std::vector<unsigned>>& places, Field field) const {
    std::set<unsigned> out;
    for (const auto& place : places) out.insert(by_os_.at(place.at(0))->*field);
    return out;
  }

  // Units that the policy may use, said as a set.
  std::set<unsigned> allowed(const std::string& policy, const std::vector<std::vector<unsigned>>& subject) const {
    const std::set<unsigned> own = values(subject, &Unit::os_index), cores = values(subject, &Unit::core);
    std::set<unsigned> out;
    const auto add = [&](const auto& wanted) {
      for (const Unit& unit : machine_.units) {
        if (wanted(unit)) out.insert(unit.os_index);
      }
    };
    if (policy == "with") return own;
    if (policy == "sibling") add([&](const Unit& u) { return cores.count(u.core) > 0 && own.count(u.os_index) == 0; });
    if (policy == "cache") {
      const std::set<unsigned> caches = values(subject, &Unit::cache);
      add([&](const Unit& u) { return caches.count(u.cache) > 0 && cores.count(u.core) == 0; });
    }
    if (policy == "node") {
      const std::set<unsigned> nodes = values(subject, &Unit::node);
      add([&](const Unit& u) { return nodes.count(u.node) == 0; });
    }
    if (policy == "apart") {
      for (const Field field : {&Unit::package, &Unit::node, &Unit::cache, &Unit::core}) {
        const std::set<unsigned> used = values(subject, field);
        if (out.empty()) add([&](const Unit& u) { return used.count(u.*field) == 0 && cores.count(u.core) == 0; });
      }
    }
    return out;
  }

  Machine machine_;
  std::map<unsigned, const Unit*> by_os_;
};

INSTANTIATE_TEST_SUITE_P(All, Beside, ::testing::ValuesIn(topology_names()),
                         [](const auto& test) { return test_name(test.param); });

TEST_P(Beside, EachPolicyTakesItsUnitsAndAllOfThemBeforeAnyTwice) {
  const auto units = static_cast<unsigned>(machine_.units.size());
  for (const std::string own : {"compact", "scatter"}) {
    for (unsigned workers = 1; workers <= units; workers += 1 + workers / 3) {
      const auto subject = plan(machine_, own, workers).places;
      for (const std::string policy : {"with", "sibling", "cache", "node", "apart"}) {
        const std::set<unsigned> set = allowed(policy, subject);
        if (set.empty()) {
          EXPECT_THROW(plan_beside(machine_, policy, 1, subject), UserError) << policy;
          continue;
        }
        const auto size = static_cast<unsigned>(set.size());
        const Plan full = plan_beside(machine_, policy, size, subject);
        EXPECT_EQ(values(full.places, &Unit::os_index), set) << own << ' ' << workers << ' ' << policy;
        EXPECT_FALSE(full.oversubscribed);
        const Plan more = plan_beside(machine_, policy, size + 1, subject);
        EXPECT_TRUE(more.oversubscribed);
        EXPECT_TRUE(std::equal(full.places.begin(), full.places.end(), more.places.begin())) << "prefix-stable";
        EXPECT_EQ(more.places.back(), more.places.front());
      }
    }
  }
}

TEST_P(Beside, AnyOtherPolicyKnowsNoSubject) {
  const auto subject = plan(machine_, "compact", 1).places;
  EXPECT_EQ(plan_beside(machine_, "scatter", 2, subject).places, plan(machine_, "scatter", 2).places);
}

TEST(BesideNobody, ASubjectThatIsNotPinned) {
  const Machine machine = discover(topology_file(topology_names().front()));
  const std::vector<std::vector<unsigned>> nowhere(2);
  for (const auto& place : plan_beside(machine, "with", 2, nowhere).places) EXPECT_TRUE(place.empty());
  EXPECT_THROW(plan_beside(machine, "sibling", 1, nowhere), UserError);
}

}  // namespace
}  // namespace fairground::machine
