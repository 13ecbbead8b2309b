// Trials by hand for the tests of the record: small enough to work out their metrics on paper.
#pragma once

#include <string>
#include <vector>

#include "record/lines.hpp"
#include "trial/spec.hpp"

namespace fairground::record::samples {

inline constexpr std::uint64_t ms = 1'000'000;

inline trial::Spec spec(unsigned workers, bool contended) {
  trial::Spec s;
  s.workload.id = contended ? "spin" : "matrix";
  s.workload.family = contended ? "locks" : "cpu";
  s.workload.group = contended ? "spin" : "compute";
  s.workload.operation = contended ? "acquisition" : "product";
  s.workload.summary = "A workload that exists on paper only.";
  s.workload.invariant = "None.";
  s.workload.plugin = "/nowhere/paper.so";
  if (contended) {
    s.workload.control = "none";
    s.workload.capabilities = {"processes", "contended"};
    s.workload.expects = {"starvation"};
  }
  s.point.workload = s.workload.id;
  s.point.parameters = {{"inside", 100}};
  s.point.workers = workers;
  for (unsigned i = 0; i < workers; ++i) s.places.push_back({i % 2});
  s.seed = 7;
  return s;
}

inline trial::WorkerResult worker(unsigned i, std::uint64_t operations) {
  trial::WorkerResult w;
  w.worker = i;
  w.units_asked = w.units_allowed = w.units_seen = {i % 2};
  w.operations = operations;
  w.longest_gap_begin_ns = 500 * static_cast<std::int64_t>(ms);
  w.longest_gap_end_ns = w.longest_gap_begin_ns + 2'000;
  w.longest_gap_operations = 1;
  w.user_ns = 400 * ms;
  w.system_ns = 100 * ms;
  w.run_delay_ns = 500 * ms;
  w.involuntary_switches = 100;
  return w;
}

// A closed gap of one worker, also its longest if it is.
inline void add_gap(trial::WorkerResult& w, std::uint64_t begin_ms, std::uint64_t length_ms, std::uint64_t operations,
                    std::uint64_t run_delay_ms) {
  const auto begin = static_cast<std::int64_t>(begin_ms * ms),
             end = static_cast<std::int64_t>((begin_ms + length_ms) * ms);
  w.gaps.push_back({begin, end, operations, run_delay_ms * ms});
  if (end - begin <= w.longest_gap_end_ns - w.longest_gap_begin_ns) return;
  w.longest_gap_begin_ns = begin;
  w.longest_gap_end_ns = end;
  w.longest_gap_operations = operations;
}

// One second, sampled at its quarters; each worker's operations spread over them, the last taking what is left.
inline trial::Result result(const std::vector<std::uint64_t>& operations) {
  trial::Result r;
  r.window_ns = 1'000 * ms;
  r.window_start_realtime_ns = 1'767'225'600'000'000'000u;
  r.phases_ns = {{"load", 1 * ms}, {"measure", 1'000 * ms}};
  r.lateness_ns = 40'000;
  r.snapshot_ns = 1'500;
  for (std::int64_t k = 1; k <= 4; ++k) r.progress.end_ns.push_back(k * 250 * static_cast<std::int64_t>(ms));
  for (unsigned i = 0; i < operations.size(); ++i) {
    r.workers.push_back(worker(i, operations[i]));
    const std::uint64_t quarter = operations[i] / 4;
    r.progress.operations.push_back({quarter, quarter, quarter, operations[i] - 3 * quarter});
  }
  return r;
}

// Four workers on two units behind one lock: one episode by the resource (worker 3), one by the scheduler (worker 2),
// and one that may be (worker 1).
inline trial::Result uneven() {
  trial::Result r = result({400'000, 300'000, 200'000, 100'000});
  add_gap(r.workers[3], 100, 50, 1, 10);
  add_gap(r.workers[2], 300, 30, 1, 25);
  add_gap(r.workers[1], 300, 20, 10, 0);
  return r;
}

// Three connections of a server with one worker: a reader that stood still from 250 to 750 ms and two writers.
inline trial::Result connections() {
  trial::Result r = result({30'000});
  r.progress.operations = {{5'000, 0, 0, 5'000}, {2'000, 3'000, 2'000, 3'000}, {2'500, 2'500, 2'500, 2'500}};
  for (unsigned i = 0; i < 3; ++i) {
    trial::ContenderResult c;
    c.contender = i;
    c.class_name = i == 0 ? "reader" : "writer";
    c.units = {i % 2};
    c.operations = 10'000;
    r.contenders.push_back(c);
  }
  r.contenders[2].stamped = true;
  r.contenders[2].longest_gap_ns = 3 * static_cast<std::int64_t>(ms);
  return r;
}

inline trial::Result crashed() {
  trial::Result r;
  r.status = "crashed";
  r.reason = "The plugin died of signal 11 in setup.";
  r.failure = trial::Failure{11, "setup", -1, {"paper.so(setup+0x12)"}};
  r.findings.push_back({"crash", true, false, "Signal 11 in setup."});
  r.output = "half a character: \xc3";
  return r;
}

inline TrialContext oversubscribed() {
  TrialContext c;
  c.trial = 1;
  c.oversubscribed = true;
  c.control = {4e6, 3e6};
  return c;
}

}  // namespace fairground::record::samples
