// A host for the tests of workloads: it loads nothing, and calls a workload's lifecycle in this process, with workers
// that are threads or forked processes, for a fixed number of operations each or until a stop. It measures nothing.
#pragma once

#include <fairground/plugin.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fairground::testing {

struct Job {
  unsigned workers = 1;
  bool as_processes = false;
  std::uint64_t operations = UINT64_MAX;               // of each worker
  int stop_after_ms = 0;                               // then stop and wake; 0: let them end by themselves
  std::map<std::string, std::int64_t> set = {};        // parameters, by key; choices by index
  std::vector<std::vector<std::uint32_t>> units = {};  // of place i; places beyond are not pinned
  std::function<void(const std::string&scratch)> after_setup = nullptr, before_verify = nullptr;
};

struct Outcome {
  fg_status status = FG_OK;  // the first that was not OK, with the function it came from
  std::string where, text;
  std::vector<std::uint64_t> counts;            // per worker
  std::vector<std::uint64_t> contender_counts;  // per contender other than workers
  std::vector<std::string> contender_classes;
  std::map<std::string, double> counters;
  std::uint64_t acquisitions = 0;  // of all resources
  std::vector<std::string> findings;

  [[nodiscard]] std::uint64_t operations() const;
};

// Throws std::invalid_argument if `set` names no parameter or is out of its range, std::runtime_error if the machine
// refuses memory or a process.
Outcome run(const fg_workload&, const Job&);

}  // namespace fairground::testing
