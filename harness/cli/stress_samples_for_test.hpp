// A workload, draws of it and lines of its trials, as the tests of a stress run's decisions need them.
#pragma once

#include <nlohmann/json.hpp>

#include "plan/draw.hpp"
#include "plan/sample_workloads.hpp"

namespace fairground::cli {

using nlohmann::json;
using plan::Draw;
using plan::ParameterType;
using plan::sample_parameter;

inline plan::WorkloadInfo sums() {
  plan::WorkloadInfo w;
  w.id = "sums";
  w.family = "test";
  w.parameters = {sample_parameter("n", ParameterType::integer, 20, 1, 50),
                  sample_parameter("size", ParameterType::size, 64, 8, 1 << 20),
                  sample_parameter("share", ParameterType::ratio, 0.0, 0, 0.9),
                  sample_parameter("hold", ParameterType::duration, 100, 0, 1e9)};
  return w;
}

inline Draw draw_of(const plan::WorkloadInfo& w) {
  Draw d;
  d.point.workload = w.id;
  d.point.parameters = w.defaults();
  d.point.workers = 4;
  d.point.time_ns = 100'000'000;
  return d;
}

inline json finding(const char* kind, bool expected, const char* certainty = "certain") {
  return {{"kind", kind}, {"expected", expected}, {"certainty", certainty}, {"text", "t"}, {"contender", 1}};
}

inline json worker(unsigned operations) { return {{"operations", operations}, {"run_delay_ns", 0}}; }

inline json trial(const char* status, json findings = json::array()) {
  return {{"workload", "sums"},
          {"group", "x"},
          {"status", status},
          {"reason", "why"},
          {"findings", std::move(findings)},
          {"window_ns", 1'000},
          {"per_worker", json::array({worker(7), worker(5)})},
          {"metrics", {{"longest_gap_ns", 1'000}}}};
}

inline json crash(const char* phase, int signal) {
  json line = trial("crashed", {finding("crash", false)});
  line["failure"] = {{"phase", phase}, {"signal", signal}, {"worker", 1}};
  return line;
}

inline json wrong(const char* reason) {
  json line = trial("failed", {finding("wrong-result", false)});
  line["reason"] = reason;
  return line;
}

}  // namespace fairground::cli
