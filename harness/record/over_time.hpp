// What the samples of a trial's progress say of stretches of its window: who went on while another waited, how even
// shorter windows of time were.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "record/contenders.hpp"
#include "record/fairness.hpp"
#include "stats/metrics.hpp"
#include "trial/spec.hpp"

namespace fairground::record {

// {end_ns, operations}: of each contender's operations how many fell into each interval. Neighbouring intervals are put
// together until at most 256 are left.
nlohmann::json progress_json(const trial::Progress&);

// What each of them completed in that stretch; 0 for contender i itself. A sample that it cuts counts in proportion.
nlohmann::json overtaken_by(const std::vector<Contender>&, std::size_t i, const stats::Within&);

// Of contender i's episodes of starvation by the resource the 16 longest (fewer if there are more than 16 contenders),
// in order of time: [{begin_ns, end_ns, overtaken_by}].
nlohmann::json episodes_json(const std::vector<Contender>&, const Fairness&, std::size_t i);

// [{window_ns, jain_ratio, standard_error, windows}]: Jain's index in windows of time, averaged: one sample long (or a
// 256th of the window), two, four ... as long as there are two of them; of a single one the error is 0. Windows in
// which nobody completed anything are left out.
nlohmann::json jain_over_time(const trial::Progress&);

}  // namespace fairground::record
