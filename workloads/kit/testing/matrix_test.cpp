// Every workload of a family, with 1, 2 and 4 workers, threads and (where it says it can) processes, for a fixed number
// of operations and until a stop; and with every value of its switches and choices; and every one that is contended in
// a crowd. Linked with the family's sources.
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <string>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;
using fairground::testing::Outcome;

struct Case {
  const fg_workload* workload;
  unsigned workers;
  bool as_processes;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const fg_workload* const* w = fairground_plugin.workloads; *w != nullptr; ++w) {
    if (((*w)->expects & FG_EXPECTS(FG_WRONG_RESULT)) != 0) continue;  // has a test of its own
    for (const unsigned workers : {1u, 2u, 4u})
      for (const bool as_processes : {false, true})
        if (!as_processes || ((*w)->capabilities & FG_PROCESSES) != 0) all.push_back({*w, workers, as_processes});
  }
  return all;
}

void PrintTo(const Case& c, std::ostream* out) { *out << c.workload->id; }

std::string name_of(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.workload->id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name + "_" + std::to_string(info.param.workers) + (info.param.as_processes ? "_processes" : "_threads");
}

std::vector<const fg_parameter*> parameters(const fg_workload& w) {
  std::vector<const fg_parameter*> all;
  for (const fg_parameter* const* p = w.parameters; p != nullptr && *p != nullptr; ++p) all.push_back(*p);
  return all;
}

// Small and quick, whatever the defaults are.
Job small(const Case& c) {
  Job job;
  job.workers = c.workers;
  job.as_processes = c.as_processes;
  const std::map<std::string, std::int64_t> little{
      {"size", 1 << 12}, {"n", 15}, {"tile", 8}, {"difficulty", 8}, {"sync", 8}};
  for (const fg_parameter* p : parameters(*c.workload))
    if (const auto at = little.find(p->key); at != little.end()) job.set[p->key] = at->second;
  for (const fg_parameter* p : parameters(*c.workload)) {
    if (p->key != std::string("size")) continue;
    const double size = (c.workload->capabilities & FG_FILES) != 0 ? 1 << 20 : 1000;  // not a multiple of anything
    job.set["size"] = static_cast<std::int64_t>(std::clamp(size, p->minimum, p->maximum));
  }
  return job;
}

void expect_ok(const Case& c, const Outcome& o) {
  ASSERT_EQ(o.status, FG_OK) << o.where << ": " << o.text;
  EXPECT_TRUE(o.findings.empty());
  EXPECT_GT(o.operations(), 0u);
  if ((c.workload->capabilities & FG_CONTENDED) != 0) {
    EXPECT_EQ(o.acquisitions, o.operations());
  }
  for (const fg_counter* const* k = c.workload->counters; k != nullptr && *k != nullptr; ++k)
    EXPECT_EQ(o.counters.count((*k)->key), 1u) << (*k)->key;
}

class Workloads : public testing::TestWithParam<Case> {};

TEST_P(Workloads, FixedCount) {
  Job job = small(GetParam());
  job.operations = 25;
  const Outcome o = fairground::testing::run(*GetParam().workload, job);
  if (o.status == FG_UNSUPPORTED) GTEST_SKIP() << o.text;
  expect_ok(GetParam(), o);
  for (const std::uint64_t count : o.counts) EXPECT_EQ(count, 25u);
}

TEST_P(Workloads, UntilStopped) {
  Job job = small(GetParam());
  job.stop_after_ms = 60;
  const Outcome o = fairground::testing::run(*GetParam().workload, job);
  if (o.status == FG_UNSUPPORTED) GTEST_SKIP() << o.text;
  expect_ok(GetParam(), o);
}

TEST_P(Workloads, EverySwitchAndChoice) {
  const Case& c = GetParam();
  for (const fg_parameter* p : parameters(*c.workload)) {
    if (p->key == std::string("realtime")) continue;  // not beside other tests: load_test.cpp has one with two workers
    std::int64_t values = p->type == FG_BOOL ? 2 : 0;
    for (const char* const* choice = p->choices; choice != nullptr && *choice != nullptr; ++choice) ++values;
    for (std::int64_t value = 0; value < values; ++value) {
      Job job = small(c);
      job.stop_after_ms = 30;
      job.set[p->key] = value;
      const Outcome o = fairground::testing::run(*c.workload, job);
      if (o.status == FG_UNSUPPORTED) continue;  // on this machine
      SCOPED_TRACE(std::string(p->key) + "=" + std::to_string(value));
      expect_ok(c, o);
    }
  }
}

// What a workload can do beside the plain loop, where it has it.
TEST_P(Workloads, Numbers) {
  const Case& c = GetParam();
  const std::map<std::string, std::int64_t> numbers{{"locks", 3},        {"memory", 300}, {"greedy", 3},
                                                    {"nice", 5},         {"writers", 1},  {"read-ratio", 0},
                                                    {"timeout", 20'000}, {"nodes", 2},    {"pause", 50'000}};
  for (const fg_parameter* p : parameters(*c.workload)) {
    const auto number = numbers.find(p->key);
    if (number == numbers.end()) continue;
    Job job = small(c);
    job.stop_after_ms = 30;
    job.set[p->key] = number->second;
    SCOPED_TRACE(p->key);
    const Outcome o = fairground::testing::run(*c.workload, job);
    if (o.status == FG_UNSUPPORTED) GTEST_SKIP() << o.text;
    expect_ok(c, o);
  }
}

TEST_P(Workloads, DescribesItself) {
  const fg_workload& w = *GetParam().workload;
  EXPECT_STREQ(w.family, fairground_plugin.name);
  EXPECT_NE(std::string(w.summary), "");
  EXPECT_NE(std::string(w.invariant), "");
  EXPECT_NE(std::string(w.group), "");
  if ((w.capabilities & FG_CONTENDED) != 0) {
    EXPECT_STREQ(w.control, "none");
    EXPECT_EQ(w.promises_fairness == 0, w.expects == FG_EXPECTS(FG_STARVATION));
  }
}

INSTANTIATE_TEST_SUITE_P(Matrix, Workloads, testing::ValuesIn(cases()), name_of);

// Every workload of several workers that share something, by its validating twin where it has one, 16 workers on each
// of two units: what a sleeper or a spinner does while whoever holds the resource, or is next, is off its unit.
class Crowds : public testing::TestWithParam<Case> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Crowds);

// By threads; with more time, by processes, too.
std::vector<Case> crowds() {
  const bool processes = std::getenv("FAIRGROUND_CROWD_MS") != nullptr;
  std::vector<Case> all = cases();
  std::erase_if(all, [&](const Case& c) {
    const bool shares =
        (c.workload->capabilities & FG_CONTENDED) != 0 || c.workload->family == std::string("structures");
    return c.workers != 1 || (c.as_processes && !processes) || !shares;
  });
  return all;
}

std::vector<std::uint32_t> two_units() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<std::uint32_t> units;
  for (std::uint32_t unit = 0; unit < CPU_SETSIZE && units.size() < 2; ++unit)
    if (CPU_ISSET(unit, &allowed)) units.push_back(unit);
  return units;
}

TEST_P(Crowds, HoldTheirInvariant) {
  const char* const longer = std::getenv("FAIRGROUND_CROWD_MS");
  const std::vector<const fg_parameter*> all = parameters(*GetParam().workload);
  const auto find = [&](const char* key) {
    return std::find_if(all.begin(), all.end(), [&](const fg_parameter* p) { return p->key == std::string(key); });
  };
  const auto use = find("use");
  std::int64_t uses = 0;
  while (use != all.end() && (*use)->choices[uses] != nullptr) ++uses;
  for (std::int64_t value = 0; value < std::max<std::int64_t>(uses, 1); ++value) {
    Job job = small(GetParam());
    job.units.assign(1, two_units());
    job.workers = static_cast<unsigned>(16 * job.units.front().size());
    job.units.resize(job.workers, job.units.front());
    job.stop_after_ms = longer != nullptr ? std::atoi(longer) : 1'000;
    if (find("check") != all.end()) job.set["check"] = 1;
    if (uses > 0) job.set["use"] = value;
    const Outcome o = fairground::testing::run(*GetParam().workload, job);
    if (o.status == FG_UNSUPPORTED) GTEST_SKIP() << o.text;
    expect_ok(GetParam(), o);
  }
}

INSTANTIATE_TEST_SUITE_P(Matrix, Crowds, testing::ValuesIn(crowds()), name_of);
}  // namespace
