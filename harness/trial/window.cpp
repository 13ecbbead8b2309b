#include "trial/window.hpp"

#include <algorithm>
#include <cmath>

#include "base/relaxed.hpp"
#include "base/text.hpp"

namespace fairground::trial {

namespace {

std::vector<unsigned> units_of(const std::array<std::atomic<std::uint64_t>, seen_words>& seen) {
  std::vector<unsigned> units;
  for (unsigned unit = 0; unit < seen_words * 64; ++unit) {
    if ((seen[unit / 64].load() >> (unit % 64) & 1) != 0) units.push_back(unit);
  }
  return units;
}

// The rate between the first and the last completion in the window, over the whole of it. Only where there were few:
// then each was stamped, and a part of one, cut off at an end of the window, is a part that counts.
std::optional<double> effective_operations(const Slot& slot, std::uint64_t window_ns, double ticks_per_ns) {
  constexpr std::uint64_t most = 100;
  const std::uint64_t ticks = minus(slot.last_completion, slot.first_completion);
  if (slot.completions < 2 || slot.completions > most || ticks == 0) return std::nullopt;
  return static_cast<double>(minus(slot.last_count, slot.first_count)) * static_cast<double>(window_ns) * ticks_per_ns /
         static_cast<double>(ticks);
}

}  // namespace

Window::Window(Board& board, std::uint32_t contenders, TickSource source, double ticks_per_ns,
               std::uint32_t probe_level)
    : board_(board),
      contender_count_(contenders),
      level_(probe_level),
      source_(source),
      ticks_per_ns_(ticks_per_ns),
      gaps_(board.workers()) {
  first_ = take(0);
  seen_count_ = counted(first_);
  changed_ns_.assign(seen_count_.size(), first_.at.ns);
}

Snapshot Window::take(std::uint64_t planned_ns) const {
  const std::uint64_t widest = std::max<std::uint64_t>(20'000, planned_ns / 10'000);
  Snapshot s;
  const std::uint32_t workers = board_.workers();
  s.workers.resize(workers);
  s.stamp_ticks.resize(workers);
  s.stamp_count.resize(workers);
  s.waiting.resize(workers);
  s.contenders.resize(contender_count_);
  s.contender_stamp_ticks.resize(contender_count_);
  for (int attempt = 0; attempt < 5; ++attempt) {
    const ClockPair before = read_clocks(source_);
    for (std::uint32_t i = 0; i < workers; ++i) s.workers[i] = load_relaxed(board_.slot(i).w.count);
    for (std::uint32_t i = 0; i < contender_count_; ++i) s.contenders[i] = load_relaxed(board_.contenders()[i].count);
    const std::uint64_t after = monotonic_ns();
    for (std::uint32_t i = 0; i < workers; ++i) {
      s.stamp_ticks[i] = load_relaxed(board_.slot(i).stamp_ticks);
      s.stamp_count[i] = load_relaxed(board_.slot(i).stamp_count);
      s.waiting[i] = __atomic_load_n(&board_.slot(i).w.waiting_for, __ATOMIC_RELAXED) != 0;
    }
    for (std::uint32_t i = 0; i < contender_count_; ++i) {
      s.contender_stamp_ticks[i] = load_relaxed(board_.contenders()[i].stamp_ticks);
    }
    s.width_ns = after - before.ns;
    s.at.ns = before.ns + s.width_ns / 2;
    s.at.tick = before.tick + static_cast<std::uint64_t>(static_cast<double>(s.width_ns) / 2 * ticks_per_ns_);
    if (s.width_ns <= widest) break;
  }
  return s;
}

void Window::open(std::uint64_t planned_ns) {
  planned_ns_ = planned_ns;
  first_ = take(planned_ns);
  board_.header().window_open.store(first_.at.tick, std::memory_order_release);
  set_probe_level(board_.probed() ? level_ : 0);
  opened_ = true;
  compare_with_seen(counted(first_));
  seen_count_ = counted(first_);
  changed_ns_.assign(seen_count_.size(), first_.at.ns);
  for (auto& gaps : gaps_) gaps.clear();
}

void Window::close() {
  last_ = take(planned_ns_);
  board_.header().window_close.store(last_.at.tick, std::memory_order_release);
  set_probe_level(0);
  closed_ = true;
  compare_with_seen(counted(last_));
  if (source_ == TickSource::counter) {  // the window itself is the longest and best calibration there is
    ticks_per_ns_ =
        static_cast<double>(last_.at.tick - first_.at.tick) / static_cast<double>(last_.at.ns - first_.at.ns);
  }
}

void Window::set_probe_level(std::uint32_t level) {
  for (std::uint32_t i = 0; i < board_.workers(); ++i)
    __atomic_store_n(&board_.slot(i).w.probe_level, level, __ATOMIC_RELAXED);
}

void Window::lower_horizons() {
  for (std::uint32_t i = 0; i < board_.workers(); ++i) __atomic_store_n(&board_.slot(i).w.horizon, 0, __ATOMIC_RELAXED);
}

void Window::drain_gaps() {
  for (std::uint32_t i = 0; i < board_.workers(); ++i) {
    Slot& slot = board_.slot(i);
    const std::uint32_t written = slot.gap_written.load(std::memory_order_acquire);
    std::uint32_t read = slot.gap_read.load(std::memory_order_relaxed);
    if (written - read > gap_ring) read = written - gap_ring;  // a plugin wrote over it
    for (; read != written; ++read) gaps_[i].push_back(slot.gaps[read % gap_ring]);
    slot.gap_read.store(written, std::memory_order_release);
  }
}

void Window::sample() {
  const Snapshot now = take(UINT64_MAX / 2);
  lower_horizons();
  drain_gaps();
  const std::vector<std::uint64_t>& counts = counted(now);
  compare_with_seen(counts);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == seen_count_[i]) continue;
    seen_count_[i] = counts[i];
    changed_ns_[i] = now.at.ns;
  }
  if (!opened_ || closed_) return;
  std::vector<std::uint64_t> since(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) since[i] = minus(counts[i], counted(first_)[i]);
  sample_ns_.push_back(static_cast<std::int64_t>(now.at.ns - first_.at.ns));
  sample_counts_.push_back(std::move(since));
}

void Window::compare_with_seen(const std::vector<std::uint64_t>& counts) {
  for (std::size_t i = 0; i < counts.size() && !backwards_; ++i)
    if (counts[i] < seen_count_[i]) backwards_ = i;
}

std::vector<std::uint64_t> Window::completed() const {
  std::vector<std::uint64_t> out(seen_count_.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = minus(seen_count_[i], counted(first_)[i]);
  return out;
}

std::uint64_t Window::standing_ns(std::size_t i) const { return minus(monotonic_ns(), changed_ns_[i]); }

std::uint64_t Window::longest_gap_ns(std::size_t i) const {
  std::uint64_t ticks = 0;
  if (own_contenders()) {
    const fg_contender_slot& c = board_.contenders()[i];
    ticks = minus(load_relaxed(c.gap_end_ticks), load_relaxed(c.gap_begin_ticks));
  } else {
    const Slot& slot = board_.slot(static_cast<std::uint32_t>(i));
    ticks = minus(load_relaxed(slot.gap_end), load_relaxed(slot.gap_begin));
  }
  return std::max(static_cast<std::uint64_t>(static_cast<double>(ticks) / ticks_per_ns_), standing_ns(i));
}

std::int64_t Window::to_ns(std::uint64_t tick) const {
  const double ticks =
      tick >= first_.at.tick ? static_cast<double>(tick - first_.at.tick) : -static_cast<double>(first_.at.tick - tick);
  return std::llround(ticks / ticks_per_ns_);
}

void Window::write_worker(WorkerResult& w, std::uint32_t i) const {
  const Slot& slot = board_.slot(i);
  const auto window = static_cast<std::int64_t>(last_.at.ns - first_.at.ns);
  w.operations = minus(last_.workers[i], first_.workers[i]);
  for (const GapRecord& gap : gaps_[i]) {
    if (to_ns(gap.end) <= 0 || to_ns(gap.begin) >= window) continue;
    w.gaps.push_back({to_ns(gap.begin), to_ns(gap.end), gap.operations, gap.run_delay_ns});
  }
  w.gaps_dropped = slot.gaps_dropped.load();
  w.waiting = last_.waiting[i];
  w.longest_gap_begin_ns = std::clamp<std::int64_t>(to_ns(slot.gap_begin), 0, window);
  w.longest_gap_end_ns = std::clamp<std::int64_t>(to_ns(slot.gap_end), 0, window);
  w.longest_gap_operations = slot.gap_operations;
  // The span that was open at T1: its closing stamp came after the window, or never.
  const std::int64_t open_since = std::clamp<std::int64_t>(to_ns(last_.stamp_ticks[i]), 0, window);
  const std::uint64_t done = minus(last_.workers[i], last_.stamp_count[i]);
  if (window - open_since > w.longest_gap_end_ns - w.longest_gap_begin_ns) {
    w.longest_gap_begin_ns = open_since;
    w.longest_gap_end_ns = window;
    w.longest_gap_operations = done;
  }
  const bool recorded = std::any_of(gaps_[i].begin(), gaps_[i].end(),
                                    [&](const GapRecord& gap) { return gap.begin == last_.stamp_ticks[i]; });
  if (!recorded && window - open_since >= 1'000'000) w.gaps.push_back({open_since, window, done, 0});
  w.effective_operations = effective_operations(slot, static_cast<std::uint64_t>(window), ticks_per_ns_);
  w.gap_delays_known = slot.delay_unknown.load() == 0;
}

void Window::write_contenders(Result& result, const Spec& spec) const {
  const auto window = static_cast<std::int64_t>(last_.at.ns - first_.at.ns);
  for (std::uint32_t i = 0; i < contender_count_; ++i) {
    const fg_contender_slot& slot = board_.contenders()[i];
    const ContenderNote& note = board_.contender_notes()[i];
    ContenderResult c;
    c.contender = i;
    c.class_name = printable(get_text(note.class_name));
    if (note.place < spec.places.size()) c.units = spec.places[note.place];
    c.units_seen = units_of(note.seen);
    c.operations = minus(last_.contenders[i], first_.contenders[i]);
    const bool stamped = slot.stamp_ticks != first_.contender_stamp_ticks[i] || slot.gap_end_ticks != 0;
    c.stamped = stamped;
    if (stamped) {
      const std::int64_t open = window - std::clamp<std::int64_t>(to_ns(last_.contender_stamp_ticks[i]), 0, window);
      const std::int64_t closed = std::clamp<std::int64_t>(to_ns(slot.gap_end_ticks), 0, window) -
                                  std::clamp<std::int64_t>(to_ns(slot.gap_begin_ticks), 0, window);
      c.longest_gap_ns = std::max(open, closed);
    } else {  // the longest stretch of samples without a change, plus the interval in which it ended: an upper end
      std::int64_t longest = 0;
      std::int64_t since = 0;
      std::uint64_t count = 0;
      for (std::size_t k = 0; k < sample_ns_.size(); ++k) {
        longest = std::max(longest, sample_ns_[k] - since);
        if (sample_counts_[k][i] != count) since = k == 0 ? 0 : sample_ns_[k - 1];
        count = sample_counts_[k][i];
      }
      c.longest_gap_ns = std::max(longest, window - since);
    }
    result.contenders.push_back(c);
  }
}

void Window::write_progress(Result& result) const {
  const std::size_t n = counted(first_).size();
  result.progress.operations.resize(n);
  std::vector<std::uint64_t> before(n, 0);
  const auto add = [&](std::int64_t at, const std::vector<std::uint64_t>& counts) {
    result.progress.end_ns.push_back(at);
    for (std::size_t i = 0; i < n; ++i) {
      result.progress.operations[i].push_back(minus(counts[i], before[i]));
      before[i] = std::max(before[i], counts[i]);
    }
  };
  for (std::size_t k = 0; k < sample_ns_.size(); ++k) add(sample_ns_[k], sample_counts_[k]);
  std::vector<std::uint64_t> all(n);
  for (std::size_t i = 0; i < n; ++i) all[i] = minus(counted(last_)[i], counted(first_)[i]);
  add(static_cast<std::int64_t>(last_.at.ns - first_.at.ns), all);
}

void Window::write(Result& result, const Spec& spec) {
  drain_gaps();
  result.workers.resize(board_.workers());
  for (std::uint32_t i = 0; i < board_.workers(); ++i) {
    result.workers[i].worker = i;
    result.workers[i].class_name = printable(get_text(board_.slot(i).class_name));
    // A team's one worker pins its slots itself; it has no place of its own.
    if (i < spec.places.size() && spec.workload.kind != "team") result.workers[i].units_asked = spec.places[i];
    result.workers[i].units_seen = units_of(board_.slot(i).seen);
    if (closed_) write_worker(result.workers[i], i);
  }
  if (!closed_) return;
  result.window_ns = last_.at.ns - first_.at.ns;
  result.snapshot_ns = std::max(first_.width_ns, last_.width_ns);
  result.lateness_ns = minus(result.window_ns, planned_ns_);
  write_contenders(result, spec);
  write_progress(result);
}

}  // namespace fairground::trial
