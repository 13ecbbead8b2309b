#include "trial/read_probes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "base/relaxed.hpp"
#include "trial/probe.hpp"

namespace fairground::trial {

WorkerProbes::WorkerProbes() : handovers(2), outside(2), bypass(2) {
  for (auto& of_access : waits) of_access.fill(stats::Histogram(2));
  holds.fill(stats::Histogram(2));
}

namespace {

// Two reads of the clock, one after the other: what every stamped span holds of the clock itself, ticks.
std::uint64_t clock_cost(TickSource source) {
  std::uint64_t least = UINT64_MAX;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t before = ordered_ticks(source);
    least = std::min(least, ordered_ticks(source) - before);
  }
  return least;
}

class Reading {
 public:
  Reading(const Board& board, const Window& window, TickSource source)
      : board_(board), window_(window), level_(window.probe_level()), cost_(clock_cost(source)) {}

  ProbeResult read() {
    ProbeResult out;
    out.level = level_;
    out.shared = board_.order_log().shared != 0;
    for (std::uint32_t i = 0; i < board_.workers(); ++i) {
      if (level_ == level_full) Probe(board_.probe_log(i), board_.order_log()).settle(board_.slot(i).w.probe);
      out.workers.push_back(worker(i));
    }
    read_bursts(out);
    read_windows(out);
    return out;
  }

 private:
  [[nodiscard]] stats::Histogram in_ns(const TickHistogram& log) const {
    static const stats::BucketRule rule(TickHistogram::digits);
    stats::Histogram out(2);
    for (std::uint32_t b = 0; b < std::min(log.used, TickHistogram::buckets); ++b) {  // beyond, not even read: sparse
      if (log.counts[b] == 0) continue;
      const std::uint64_t middle = (rule.lowest(b) + rule.highest(b)) / 2;
      const double ticks = static_cast<double>(middle > cost_ ? middle - cost_ : 0);
      out.record(static_cast<std::uint64_t>(std::llround(ticks / window_.ticks_per_ns())), log.counts[b]);
    }
    return out;
  }

  [[nodiscard]] static stats::Histogram as_counted(const TickHistogram& log) {
    static const stats::BucketRule rule(TickHistogram::digits);
    stats::Histogram out(2);
    for (std::uint32_t b = 0; b < std::min(log.used, TickHistogram::buckets); ++b)
      out.record(rule.lowest(b), log.counts[b]);
    return out;
  }

  [[nodiscard]] WorkerProbes worker(std::uint32_t i) const {
    const ProbeLog& log = board_.probe_log(i);
    const fg_probe& p = board_.slot(i).w.probe;
    WorkerProbes w;
    for (std::size_t access = 0; access < 2; ++access) {
      for (std::size_t d = 0; d < distance_classes; ++d) w.waits[access][d] = in_ns(log.waits[access][d]);
      w.holds[access] = in_ns(log.holds[access]);
    }
    w.handovers = in_ns(log.handovers);
    w.outside = in_ns(log.outside);
    w.bypass = as_counted(log.bypass);
    if (log.started != 0 && p.previous >= log.first_position) {
      w.first_position = log.first_position;
      w.last_position = p.previous;
      const std::uint64_t most = w.last_position - w.first_position + 1;
      w.acquisitions = minus(p.count, log.flushed);
      for (std::uint32_t k = 0; k < std::min(log.window_count, most_windows); ++k)
        w.acquisitions += log.windows[k].count;
      w.acquisitions = std::min(w.acquisitions, most);
      w.longest_distance = std::min(std::max<std::uint64_t>(p.longest_distance, p.count > 1 ? 1 : 0), most);
      w.longest_run = std::min(std::max(p.longest_run, minus(p.count, p.run_began)), most);
    }
    w.longest_wait_ns =
        std::max<std::int64_t>(0, std::llround(static_cast<double>(log.longest_wait) / window_.ticks_per_ns()));
    const std::uint64_t end = window_.last().at.tick;
    const fg_stamps& newest = log.stamps[std::min(p.stamped, stamps_room - 1)];
    if (p.stamping != 0 && newest.hold == 0 && newest.wait != 0 && newest.wait < end)
      w.open_wait_ns = std::llround(static_cast<double>(end - newest.wait) / window_.ticks_per_ns());
    read_acquisitions(w, log);
    return w;
  }

  [[nodiscard]] StampedAcquisition stamped(const Acquisition& a) const {
    return {a.position, window_.to_ns(a.wait), window_.to_ns(a.hold), window_.to_ns(a.release)};
  }

  void read_acquisitions(WorkerProbes& w, const ProbeLog& log) const {
    const std::uint64_t count = log.acquisition_count;
    for (std::uint64_t k = 0; k < std::min<std::uint64_t>(count, first_acquisitions); ++k)
      w.first.push_back(stamped(log.first[k]));
    const std::uint64_t kept = std::min<std::uint64_t>(count, acquisition_ring);
    for (std::uint64_t k = count - kept; k < count; ++k) w.last.push_back(stamped(log.last[k % acquisition_ring]));
    for (std::uint64_t k = std::min<std::uint64_t>(log.worst_count, worst_acquisitions); k > 0; --k)
      w.worst.push_back(stamped(log.worst[k - 1]));
  }

  // A burst is whole if every entry is of one period and names a worker.
  void read_bursts(ProbeResult& out) const {
    const OrderLog& log = board_.order_log();
    const std::uint64_t base = log.base.load();
    std::uint64_t last = 0;
    for (const WorkerProbes& w : out.workers) last = std::max(last, w.last_position);
    if (base == 0 || last < base) return;
    // Slots that no period has come to yet are not even read: they are sparse.
    const std::uint64_t slots = std::min<std::uint64_t>(burst_slots, ((last - base) >> period_shift) + 1);
    for (const auto& entries : std::span(log.entries).first(slots)) {
      const std::uint32_t period = entries[0] >> 16;
      stats::Stretch burst;
      for (const std::uint32_t entry : entries) {
        const std::uint32_t who = entry & 0xffffu;
        if (who == 0 || who > board_.workers() || entry >> 16 != period) break;
        burst.push_back(who - 1);
      }
      // One that the window's end cut off is good up to there, if it says anything at all.
      if (burst.size() == burst_length || (period == 0 && burst.size() >= 16)) out.bursts.push_back(std::move(burst));
    }
  }

  // Windows of the widest worker's length in which all acquisitions are accounted for.
  void read_windows(ProbeResult& out) const {
    std::uint32_t shift = window_shift;
    for (std::uint32_t i = 0; i < board_.workers(); ++i)
      shift = std::max(shift, std::min(board_.probe_log(i).shift, 31u));
    std::map<std::uint32_t, std::vector<std::uint32_t>> counts;
    for (std::uint32_t i = 0; i < board_.workers(); ++i) {
      const ProbeLog& log = board_.probe_log(i);
      for (std::uint32_t k = 0; k < std::min(log.window_count, most_windows); ++k) {
        std::vector<std::uint32_t>& of = counts[log.windows[k].index >> (shift - std::min(log.shift, shift))];
        of.resize(board_.workers());
        of[i] += log.windows[k].count;
      }
    }
    out.window = std::uint64_t{1} << shift;
    for (auto& [index, of] : counts) {
      std::uint64_t sum = 0;
      for (const std::uint32_t x : of) sum += x;
      if (sum == out.window) out.windows.push_back(std::move(of));
    }
  }

  const Board& board_;
  const Window& window_;
  std::uint32_t level_;
  std::uint64_t cost_;
};

}  // namespace

ProbeResult read_probes(const Board& board, const Window& window, TickSource source) {
  return Reading(board, window, source).read();
}

}  // namespace fairground::trial
