// Each rule of pinning.hpp as a property, on every captured machine and some invented ones, for every number of workers
// up to twice its units. The rules are stated here over the units alone, without the keys and loads that the planner
// works with.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "base/error.hpp"
#include "machine/pinning.hpp"
#include "machine/topologies_for_test.hpp"

namespace fairground::machine {
namespace {

using Field = unsigned Unit::*;

std::vector<std::string> policies_of(const Machine& machine) {
  std::vector<std::string> policies = {"compact", "scatter", "cores", "siblings", "performance", "efficient", "none"};
  std::set<unsigned> nodes;
  std::string every_other;
  for (const Unit& unit : machine.units) nodes.insert(unit.node_os_index);
  policies.reserve(policies.size() + nodes.size() + 1);
  for (const unsigned node : nodes) policies.push_back("node:" + std::to_string(node));
  for (std::size_t i = machine.units.size(); i-- > 0;) {
    if (i % 2 == 0) every_other += (every_other.empty() ? "units:" : "+") + std::to_string(machine.units[i].os_index);
  }
  policies.push_back(every_other);
  return policies;
}

// Which units a policy may use, said as a set; empty where the machine can't meet it.
std::set<unsigned> set_of(const Machine& machine, const std::string& policy) {
  std::map<unsigned, std::vector<unsigned>> by_core;
  int highest = -1;
  for (const Unit& unit : machine.units) {
    by_core[unit.core].push_back(unit.os_index);
    highest = std::max(highest, unit.kind);
  }
  std::set<unsigned> units;
  std::size_t most = 1;
  for (const auto& [core, of_core] : by_core) {
    if (policy == "cores") units.insert(of_core.front());
    if (policy == "siblings" && of_core.size() > most) {
      units = {of_core.begin(), of_core.end()};
      most = of_core.size();
    }
  }
  for (std::size_t i = 0; i < machine.units.size(); ++i) {
    const Unit& unit = machine.units[i];
    if (policy == "compact" || policy == "scatter") units.insert(unit.os_index);
    if (policy == "performance" && highest >= 0 && unit.kind == highest) units.insert(unit.os_index);
    if (policy == "efficient" && highest >= 0 && unit.kind == 0) units.insert(unit.os_index);
    if (policy == "node:" + std::to_string(unit.node_os_index)) units.insert(unit.os_index);
    if (policy.starts_with("units:") && i % 2 == 0) units.insert(unit.os_index);
  }
  return units;
}

// Machines that nobody built: uneven throughout, nodes within packages or packages within nodes by turns.
Machine invented(unsigned seed) {
  std::mt19937 random(seed);
  const auto few = [&random](unsigned most) { return 1 + static_cast<unsigned>(random() % most); };
  const bool packages_within_nodes = seed % 2 == 0;
  Machine machine;
  machine.kinds = 1;
  unsigned wide = 0, narrow = 0, os = 0;
  for (const unsigned wides = 1 + few(3); wide < wides; ++wide) {
    for (unsigned left = few(3); left > 0; --left, ++narrow) {
      for (unsigned caches = few(3); caches > 0; --caches, ++machine.caches) {
        for (unsigned cores = few(4); cores > 0; --cores, ++machine.cores) {
          for (unsigned thread = 0, threads = few(3); thread < threads; ++thread, os += few(3)) {
            const unsigned node = packages_within_nodes ? wide : narrow,
                           package = packages_within_nodes ? narrow : wide;
            machine.units.push_back({os, machine.cores, machine.caches, node, package, thread, -1, 10 * node});
          }
        }
      }
    }
  }
  machine.nodes = packages_within_nodes ? wide : narrow;
  machine.packages = packages_within_nodes ? narrow : wide;
  return machine;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names = topology_names();
  names.reserve(names.size() + 12);
  for (unsigned seed = 1; seed <= 12; ++seed) names.push_back("invented" + std::to_string(seed));
  return names;
}

class Rules : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string& name = GetParam();
    const bool is_invented = name.starts_with("invented");
    machine_ =
        is_invented ? invented(static_cast<unsigned>(std::stoul(name.substr(8)))) : discover(topology_file(name));
    for (const Unit& unit : machine_.units) by_os_[unit.os_index] = &unit;
  }

  std::vector<const Unit*> order(const std::string& policy, std::size_t workers) const {
    std::vector<const Unit*> units;
    for (const auto& place : plan(machine_, policy, static_cast<unsigned>(workers)).places) {
      units.push_back(by_os_.at(place.at(0)));
    }
    return units;
  }

  // Of the policy's units, the ones that no earlier worker has.
  std::vector<const Unit*> unused(const std::set<unsigned>& set, const std::vector<const Unit*>& taken,
                                  std::size_t count) const {
    std::set<unsigned> left = set;
    for (std::size_t i = 0; i < count; ++i) left.erase(taken[i]->os_index);
    std::vector<const Unit*> units;
    units.reserve(left.size());
    for (const unsigned os : left) units.push_back(by_os_.at(os));
    return units;
  }

  static std::size_t load(const std::vector<const Unit*>& taken, std::size_t count, Field field, unsigned value) {
    return static_cast<std::size_t>(std::count_if(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(count),
                                                  [&](const Unit* unit) { return unit->*field == value; }));
  }

  [[nodiscard]] std::size_t logical(const Unit* unit) const {
    return static_cast<std::size_t>(unit - machine_.units.data());
  }

  void expect_compact(const std::string& policy, const std::set<unsigned>& set) const;

  Machine machine_;
  std::map<unsigned, const Unit*> by_os_;
};

INSTANTIATE_TEST_SUITE_P(All, Rules, ::testing::ValuesIn(all_names()),
                         [](const auto& test) { return test_name(test.param); });

// One unit a worker, of the policy's set only, and all of the set before any of them again; then in the same order.
TEST_P(Rules, EveryUnitOnceBeforeAnyTwice) {
  for (const std::string& policy : policies_of(machine_)) {
    const std::set<unsigned> set = set_of(machine_, policy);
    if (set.empty()) continue;
    const Plan full = plan(machine_, policy, static_cast<unsigned>(2 * machine_.units.size()));
    std::set<unsigned> round;
    for (std::size_t worker = 0; worker < full.places.size(); ++worker) {
      ASSERT_EQ(full.places[worker].size(), 1U) << policy;
      const unsigned unit = full.places[worker][0];
      EXPECT_TRUE(set.contains(unit)) << policy << ": worker " << worker << " on unit " << unit;
      EXPECT_TRUE(round.insert(unit).second) << policy << ": unit " << unit << " again for worker " << worker;
      if (worker >= set.size()) {
        EXPECT_EQ(unit, full.places[worker - set.size()][0]) << policy;
      }
      if (round.size() == set.size()) round.clear();
    }
  }
}

TEST_P(Rules, PlacesOfFewerWorkersComeFirst) {
  for (const std::string& policy : policies_of(machine_)) {
    const std::set<unsigned> set = set_of(machine_, policy);
    if (set.empty() && policy != "none") continue;
    const unsigned most = static_cast<unsigned>(2 * machine_.units.size());
    const std::size_t units = policy == "none" ? machine_.units.size() : set.size();
    const Plan full = plan(machine_, policy, most);
    for (unsigned workers = 1; workers <= most; ++workers) {
      const Plan part = plan(machine_, policy, workers);
      ASSERT_EQ(part.policy, policy);
      ASSERT_EQ(part.oversubscribed, workers > units) << policy << " " << workers;
      ASSERT_EQ(part.places.size(), workers);
      ASSERT_TRUE(std::equal(part.places.begin(), part.places.end(), full.places.begin())) << policy << " " << workers;
    }
  }
}

TEST_P(Rules, WhatTheMachineCannotMeetIsRefused) {
  for (const std::string& policy : policies_of(machine_)) {
    if (policy == "none" || !set_of(machine_, policy).empty()) {
      EXPECT_NO_THROW(plan(machine_, policy, 1)) << policy;
    } else {
      EXPECT_THROW(plan(machine_, policy, 1), UserError) << policy;
    }
  }
}

TEST_P(Rules, ScatterOpensTheWidest) {
  const std::vector<const Unit*> taken = order("scatter", machine_.units.size());
  const std::set<unsigned> set = set_of(machine_, "scatter");
  constexpr Field kinds[] = {&Unit::package, &Unit::node, &Unit::cache, &Unit::core};
  for (std::size_t k = 0; k < taken.size(); ++k) {
    const auto left = unused(set, taken, k);
    for (const Field kind : kinds) {
      const auto opens = [&](const Unit* unit) { return load(taken, k, kind, unit->*kind) == 0; };
      if (std::none_of(left.begin(), left.end(), opens)) continue;
      EXPECT_TRUE(opens(taken[k])) << "worker " << k << " on unit " << taken[k]->os_index;
      break;  // what could be opened below the widest is for later workers
    }
  }
}

// Of all that open as wide a thing: the least loaded node, package, cache, core, then the lowest logical index.
TEST_P(Rules, ScatterBalances) {
  const std::vector<const Unit*> taken = order("scatter", machine_.units.size());
  const std::set<unsigned> set = set_of(machine_, "scatter");
  for (std::size_t k = 0; k < taken.size(); ++k) {
    const auto loads = [&](const Unit* unit) {
      return std::vector<std::size_t>{
          load(taken, k, &Unit::node, unit->node), load(taken, k, &Unit::package, unit->package),
          load(taken, k, &Unit::cache, unit->cache), load(taken, k, &Unit::core, unit->core), logical(unit)};
    };
    const auto width = [](const std::vector<std::size_t>& l) {
      return l[1] == 0 ? 4 : l[0] == 0 ? 3 : l[2] == 0 ? 2 : l[3] == 0 ? 1 : 0;
    };
    const auto mine = loads(taken[k]);
    for (const Unit* other : unused(set, taken, k)) {
      const auto theirs = loads(other);
      if (width(theirs) == width(mine)) {
        EXPECT_LE(mine, theirs) << "worker " << k << " on unit " << taken[k]->os_index << ", not " << other->os_index;
      }
    }
  }
}

// Something is opened only when nothing of its kind is both open and not full; full means by the policy's own units.
void Rules::expect_compact(const std::string& policy, const std::set<unsigned>& set) const {
  const std::vector<const Unit*> taken = order(policy, set.size());
  constexpr Field kinds[] = {&Unit::package, &Unit::node, &Unit::cache, &Unit::core};
  for (std::size_t k = 0; k < taken.size(); ++k) {
    const auto left = unused(set, taken, k);
    for (const Field kind : kinds) {
      if (load(taken, k, kind, taken[k]->*kind) > 0) continue;  // it was open
      for (const Unit* other : left) {
        EXPECT_EQ(load(taken, k, kind, other->*kind), 0U)
            << policy << ": worker " << k << " opens something for unit " << taken[k]->os_index << " while unit "
            << other->os_index << " is left in an open one";
      }
    }
    for (const Unit* other : left) {  // among what opens nothing, or all alike: the lowest logical index
      const bool alike = std::all_of(std::begin(kinds), std::end(kinds), [&](Field kind) {
        return (load(taken, k, kind, taken[k]->*kind) == 0) == (load(taken, k, kind, other->*kind) == 0);
      });
      if (alike) {
        EXPECT_LE(logical(taken[k]), logical(other)) << policy << ": worker " << k;
      }
    }
  }
}

TEST_P(Rules, CompactFillsBeforeItOpens) {
  for (const std::string& policy : policies_of(machine_)) {
    const std::set<unsigned> set = set_of(machine_, policy);
    if (policy != "scatter" && !policy.starts_with("units:") && !set.empty()) expect_compact(policy, set);
  }
}

TEST_P(Rules, ExplicitUnitsKeepTheirOrder) {
  std::string policy = "units:";
  std::vector<std::vector<unsigned>> expected;
  for (auto unit = machine_.units.rbegin(); unit != machine_.units.rend(); ++unit) {
    policy += (expected.empty() ? "" : "+") + std::to_string(unit->os_index);
    expected.push_back({unit->os_index});
  }
  EXPECT_EQ(plan(machine_, policy, static_cast<unsigned>(expected.size())).places, expected);
}

TEST_P(Rules, NoneHasEmptyPlaces) {
  for (const auto& place : plan(machine_, "none", 5).places) EXPECT_TRUE(place.empty());
}

}  // namespace
}  // namespace fairground::machine
