// The metrics that need a probe level above `edges` (DESIGN §5): waits, holds, short-term fairness, bypass.
#pragma once

#include <nlohmann/json.hpp>

#include "record/lines.hpp"
#include "record/nulls.hpp"
#include "trial/spec.hpp"

namespace fairground::record {

// Adds their keys to `metrics`; nothing if the trial had no probes. Reasons for nulls go below "metrics.".
void put_probe_metrics(nlohmann::json& metrics, const trial::Spec&, const trial::Result&, const TrialContext&, Nulls&);

// Level `full`: the acquisitions of the window's first 10 ms, and of the 10 ms around the longest wait among those that
// are kept. {windows: [{name, begin_ns, end_ns, cut, acquisitions: [[worker, wait, acquired, released] ...]}]}, times
// in ns since T0. The last two are null for a wait that was open at the
// window's end. Null if there are none.
nlohmann::json timeline_json(const trial::Result&);

}  // namespace fairground::record
