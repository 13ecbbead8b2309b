// What the probes above `edges` saw in the window, as raw facts in nanoseconds; metrics are made from it in record/.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "stats/histogram.hpp"
#include "stats/order.hpp"
#include "trial/probe_log.hpp"

namespace fairground::trial {

// One acquisition of the level `full`; ns since the window's start.
struct StampedAcquisition {
  std::uint64_t position = 0;
  std::int64_t wait_ns = 0, acquired_ns = 0, released_ns = 0;
};

// One worker's. Waits and holds by access (0 write, 1 read); the clock's own cost is taken off.
struct WorkerProbes {
  std::array<std::array<stats::Histogram, distance_classes>, 2> waits;  // by the re-acquire distance that they ended
  std::array<stats::Histogram, 2> holds;
  stats::Histogram handovers, outside;
  stats::Histogram bypass;         // acquisitions by others; level full
  std::uint64_t acquisitions = 0;  // of the tracked resource, accounted for
  std::uint64_t first_position = 0, last_position = 0;
  std::uint64_t longest_distance = 0, longest_run = 0;
  std::int64_t longest_wait_ns = 0;                    // among those stamped
  std::optional<std::int64_t> open_wait_ns;            // one that had not ended with the window
  std::vector<StampedAcquisition> first, worst, last;  // worst: around the longest wait of all workers'

  WorkerProbes();
};

struct ProbeResult {
  std::uint32_t level = 0;  // 1 sampled, 2 full
  bool shared = false;      // several may hold the resource at once
  std::vector<WorkerProbes> workers;
  std::vector<stats::Stretch> bursts;               // whole ones, of worker indexes
  std::vector<std::vector<std::uint32_t>> windows;  // acquisitions of each worker in window k; whole ones
  std::uint64_t window = 0;                         // their length
};

}  // namespace fairground::trial
