// What the probes above `edges` write on the board: each worker's histograms and windows, and the order of
// acquisitions, which all write together. Like the rest of the board it survives a crash, and is not trusted.
#pragma once

#include <fairground/plugin.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>

#include "stats/histogram.hpp"

namespace fairground::trial {

// Ticks in log-linear buckets by stats::BucketRule(2), in fixed room: beyond 2^40 ticks (minutes) all are one.
struct TickHistogram {
  static constexpr int digits = 2;
  static constexpr int magnitude = 8;
  static constexpr std::uint32_t buckets = (41 - magnitude) * (1u << (magnitude - 1)) + (1u << (magnitude - 1));

  std::uint32_t used;  // buckets from here on are 0
  std::uint32_t counts[buckets];

  static std::uint32_t bucket_of(std::uint64_t value) {
    return std::min(stats::log_linear_bucket(value, magnitude), buckets - 1);
  }
  void record(std::uint64_t value) {
    const std::uint32_t bucket = bucket_of(value);
    ++counts[bucket];
    if (bucket >= used) used = bucket + 1;
  }
};

// Classes of re-acquire distance, 1, 2, 3-4, 5-8, ...; the last for all that is longer and for what is not known.
inline constexpr std::uint32_t distance_classes = 16;
inline std::uint32_t distance_class(std::uint64_t distance) {
  const int width = distance == 0 ? static_cast<int>(distance_classes) : std::bit_width(distance - 1);
  return width < static_cast<int>(distance_classes) ? static_cast<std::uint32_t>(width) : distance_classes - 1;
}

// How many acquisitions a worker made in window `index` of 2^shift positions, counted from the order's base.
struct WindowCount {
  std::uint32_t index, count;
};
inline constexpr std::uint32_t window_shift = 12;        // windows of 4,096 positions,
inline constexpr std::uint32_t most_windows = 1u << 16;  // or, when there is no room for more, of twice as many

// Level `full`: one acquisition. Ticks.
struct Acquisition {
  std::uint64_t position, wait, hold, release;
};
inline constexpr std::uint32_t acquisition_ring = 1u << 16;    // the last ones of each worker,
inline constexpr std::uint32_t first_acquisitions = 1u << 14;  // the first,
inline constexpr std::uint32_t worst_acquisitions = 1u << 14;  // and those around the longest wait of all workers'
inline constexpr std::uint64_t shown_ns = 10'000'000;          // of a timeline: four fifths of it before a wait's end

inline constexpr std::uint32_t stamps_room = 64;  // what is accounted for at once, at the level `full`

// One worker's.
struct alignas(4096) ProbeLog {
  fg_stamps stamps[stamps_room];
  std::uint64_t first_position, started;  // of the tracked resource
  std::uint64_t window;                   // the one it is in, >> shift
  std::uint64_t flushed;                  // fg_probe.count when it came to that window
  std::uint64_t period, burst_offset;     // the period it is in, and where its burst begins
  std::uint32_t shift, window_count;
  std::uint64_t acquisition_count;
  std::uint64_t longest_wait;                // ticks
  TickHistogram waits[2][distance_classes];  // by fg_access, then by the distance that it ended
  TickHistogram holds[2];
  TickHistogram handovers;  // release -> the next acquisition, which was this worker's
  TickHistogram outside;    // release -> its own next request
  TickHistogram bypass;     // acquisitions by others between request and grant (full)
  WindowCount windows[most_windows];
  Acquisition first[first_acquisitions];
  Acquisition last[acquisition_ring];  // at acquisition_count % acquisition_ring
  std::uint64_t worst_end;             // the end of the wait that `worst` is around, ticks; 0: none
  std::uint64_t worst_count;
  Acquisition worst[worst_acquisitions];  // newest first
};

// The order in which contenders acquired the tracked resource: bursts of 4,096 positions, one in each period of 65,536,
// at an offset hashed from (seed, period); the first period's at 0.
inline constexpr std::uint32_t period_shift = 16;
inline constexpr std::uint32_t burst_length = 4'096;
inline constexpr std::uint32_t burst_slots = 256;  // the newest

struct alignas(4096) OrderLog {
  std::atomic<std::uint64_t> base;  // position that counts as 0; 0: nobody has acquired anything yet
  std::uint64_t seed;
  std::uint64_t shared;                   // not 0: several may hold the tracked resource at once
  std::uint64_t shown_ticks;              // shown_ns
  std::atomic<std::uint64_t> worst_wait;  // the longest wait of all workers' so far, ticks (full)
  std::atomic<std::uint64_t> worst_end;   // and when it ended
  // (low 16 bits of the period) << 16 | worker + 1, at (period % slots, position in the burst); 0: nobody yet
  std::uint32_t entries[burst_slots][burst_length];
};

}  // namespace fairground::trial
