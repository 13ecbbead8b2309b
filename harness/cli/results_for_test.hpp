// What a trial comes to that ends well, for sessions that run none.
#pragma once

#include "trial/spec.hpp"

namespace fairground::cli {

inline trial::Result good(const trial::Spec& spec) {
  trial::Result result;
  result.window_ns = spec.point.time_ns;
  for (unsigned i = 0; i < spec.point.workers; ++i) {
    trial::WorkerResult w;
    w.worker = i;
    if (!spec.places.empty()) w.units_asked = w.units_allowed = w.units_seen = spec.places[i];
    w.operations = 100'000 + i;
    w.longest_gap_begin_ns = 0;
    w.longest_gap_end_ns = 3'000'000;
    w.longest_gap_operations = 1;
    result.workers.push_back(w);
  }
  for (const trial::Spec& companion : spec.companions) result.companions.push_back(good(companion));
  return result;
}

}  // namespace fairground::cli
