// Which neighbour hurts a workload most? A search over workloads, their parameters and places, by measuring.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/draw.hpp"

namespace fairground::plan {

// What a companion leaves of the subject's throughput, beside over alone: one ratio a block, none if it can't be
// measured.
using MeasureCompanion = std::function<std::vector<double>(const Companion&, unsigned blocks)>;

struct AgainstOptions {
  std::vector<WorkloadInfo> neighbours;  // at least one
  DrawBounds bounds;     // of a companion; its pins are those that the machine can give beside the subject
  unsigned workers = 1;  // of a companion at its defaults: as many as the subject has
  std::uint64_t seed = 0;
};

struct AgainstResult {
  std::optional<Companion> worst;  // none: nothing could be measured
  std::vector<double> ratios;      // of blocks that had no part in choosing it
  unsigned drawn = 0, climbed = 0;
};

// Searches until `spent`, the part of the time that is over, comes near 1. First each neighbour at its defaults on the
// subject's units, then random ones, a block each; the three that hurt most five blocks each; then from the worst of
// them hill climbing: one parameter, the number of workers or the place changed at a time, five blocks each, whatever
// has the lower median being gone on from. The winner is measured again, in ten blocks (six if the time is over), so
// that it is not judged by the luck that chose it. (After Iorga, Sorensen, Wickerson, Donaldson, Slow and Steady:
// Measuring and Tuning Multicore Interference, RTAS 2020.)
AgainstResult search_against(const AgainstOptions&, const MeasureCompanion&, const std::function<double()>& spent);

// "memory:workers=2,pin=with,pattern=stride", as --with takes it; parameters at their default are left out.
std::string companion_text(const Companion&, const WorkloadInfo&);

}  // namespace fairground::plan
