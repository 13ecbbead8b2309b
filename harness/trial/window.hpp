// The measured window: counts of all contenders read in one pass at its two ends and at every sample between.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "trial/board.hpp"
#include "trial/spec.hpp"

namespace fairground::trial {

// All counts in one pass.
struct Snapshot {
  ClockPair at{};  // its middle
  std::uint64_t width_ns = 0;
  std::vector<std::uint64_t> workers, contenders;       // counts
  std::vector<std::uint64_t> stamp_ticks, stamp_count;  // each worker's last stamp
  std::vector<std::uint64_t> contender_stamp_ticks;
  std::vector<bool> waiting;  // for a resource, each worker
};

// The window of one trial. Only the supervisor's thread uses it.
class Window {
 public:
  // probe_level: what the workers record from open() to close().
  Window(Board&, std::uint32_t contenders, TickSource, double ticks_per_ns, std::uint32_t probe_level = 0);

  // Take the snapshot of T0 or T1; again (at most five times) while it is wider than max(20 us, window / 10^4).
  void open(std::uint64_t planned_ns);
  void close();
  [[nodiscard]] bool is_open() const { return opened_; }

  // A sample: remember the counts, take the workers' gaps from their rings, and lower all horizons so that each stamps
  // soon.
  void sample();
  void lower_horizons();
  void drain_gaps();

  [[nodiscard]] double ticks_per_ns() const { return ticks_per_ns_; }
  [[nodiscard]] std::uint32_t probe_level() const { return level_; }
  [[nodiscard]] std::int64_t to_ns(std::uint64_t tick) const;  // since T0
  [[nodiscard]] std::uint64_t start_ns() const { return first_.at.ns; }
  [[nodiscard]] const Snapshot& first() const { return first_; }
  [[nodiscard]] const Snapshot& last() const { return last_; }
  // Completed since the warm-up began (not open yet) or in the window so far, of each contender.
  [[nodiscard]] std::vector<std::uint64_t> completed() const;
  // For how long contender i has stood still now, by the samples, ns; and its longest gap so far.
  [[nodiscard]] std::uint64_t standing_ns(std::size_t i) const;
  [[nodiscard]] std::uint64_t longest_gap_ns(std::size_t i) const;
  // The first contender whose count was once seen lower than before: whatever it stands at is a lie.
  [[nodiscard]] std::optional<std::size_t> went_backwards() const { return backwards_; }

  // The contenders are not the workers.
  [[nodiscard]] bool own_contenders() const { return contender_count_ > 0; }

  // After the trial: what the window knows goes into the result.
  void write(Result&, const Spec&);

 private:
  [[nodiscard]] Snapshot take(std::uint64_t planned_ns) const;
  [[nodiscard]] const std::vector<std::uint64_t>& counted(const Snapshot& s) const {
    return own_contenders() ? s.contenders : s.workers;
  }
  void set_probe_level(std::uint32_t level);  // of all workers: the probes record what is in the window
  void compare_with_seen(const std::vector<std::uint64_t>& counts);
  void write_worker(WorkerResult&, std::uint32_t i) const;
  void write_contenders(Result&, const Spec&) const;
  void write_progress(Result&) const;

  Board& board_;
  std::uint32_t contender_count_;
  std::uint32_t level_;
  TickSource source_;
  double ticks_per_ns_;
  bool opened_ = false, closed_ = false;
  Snapshot first_, last_;
  std::uint64_t planned_ns_ = 0;
  std::vector<std::int64_t> sample_ns_;                    // since T0
  std::vector<std::vector<std::uint64_t>> sample_counts_;  // one row a sample: counts since T0
  std::vector<std::vector<GapRecord>> gaps_;               // of each worker
  std::vector<std::uint64_t> seen_count_, changed_ns_;     // for standing_ns
  std::optional<std::size_t> backwards_;
};

}  // namespace fairground::trial
