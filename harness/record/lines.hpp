// The lines of a record (DESIGN: header machine build plugin plan trial warning footer), each from what it describes.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "load/scan.hpp"
#include "machine/machine.hpp"
#include "plan/point.hpp"
#include "trial/spec.hpp"

namespace fairground::record {

nlohmann::json header_line(const std::vector<std::string>& argv, const std::string& run_id);
nlohmann::json machine_line(const machine::Machine&);
nlohmann::json build_line();
nlohmann::json plugin_line(const load::Library&);
// The lines that a record begins with: header, machine, build, and the plugins that are in `used` (paths) or could not
// be loaded.
std::vector<nlohmann::json> opening_lines(const std::vector<std::string>& argv, const std::string& run_id,
                                          const machine::Machine&, const std::vector<load::Library>&,
                                          const std::set<std::string>& used);
// order: indexes into points, one list per block.
nlohmann::json plan_line(std::uint64_t seed, const std::vector<plan::Point>& points,
                         const std::vector<std::vector<std::size_t>>& order);
// How a stress run can show a failure again: the command, and how often it did when it was tried.
struct Reproduction {
  unsigned trial = 0;  // that failed
  std::uint64_t draw = 0;
  std::string command;
  unsigned shown = 0, tried = 0;
  std::string what;  // what failed, a sentence
};
nlohmann::json reproduction_line(const Reproduction&);
// One code of the table of warnings, with what it says of this run: {record, code, cause, next, detail, trial?}.
nlohmann::json warning_line(const std::string& code, const std::string& detail);

// What the episodes of a trial need of its control trial: R (p99 gap) and the slice.
struct ControlFigures {
  double round_ns = 0;
  double slice_ns = 0;
  bool estimated = false;  // there was no control
};
// From a trial without a contended resource: of the control workload, or the trial itself. From one with a resource,
// which has no control, R is estimated: a slice for each other worker on the unit. Zeros without oversubscription.
ControlFigures control_figures(const trial::Spec&, const trial::Result&, bool oversubscribed);

// Does it say that something is wrong, expected or not: wrong-result, lost-update.
bool breaks_an_invariant(const nlohmann::json& finding);

struct TrialContext {
  unsigned block = 0, point = 0, trial = 0;
  std::string role = "measured";  // measured control alone
  std::optional<unsigned> of;     // which trial it serves
  bool oversubscribed = false;
  ControlFigures control;
  std::vector<bool> companions_oversubscribed;   // as many as the spec has companions
  std::optional<double> edges_throughput_per_s;  // of the same point at `edges` in the same block
  std::string timeline_file;                     // beside the record; empty: none
  unsigned concurrent = 1;            // trials that ran at the same time, this one included, its companions not
  std::optional<std::uint64_t> draw;  // of a stress run
};
// With its companions, as objects shaped like it, each judged by itself.
nlohmann::json trial_line(const trial::Spec&, const trial::Result&, const TrialContext&);

// Puts `interference` into a line: what running side by side did to each party, from the line of the trial with
// companions and, in the order of its parties (itself, then its companions), the lines of the same alone. What a trial
// that did not end well leaves unknown is null.
void put_interference(nlohmann::json& line, const nlohmann::json& beside, const std::vector<nlohmann::json>& alone);

}  // namespace fairground::record
