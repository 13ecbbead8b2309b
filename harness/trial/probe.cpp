#include "trial/probe.hpp"

#include <algorithm>
#include <span>

#include "base/random.hpp"
#include "base/relaxed.hpp"

namespace fairground::trial {

namespace {

// Xorshift (Marsaglia, 2003): cheap, and good enough to choose which acquisition is stamped next.
std::uint32_t next_countdown(fg_probe& p) {
  std::uint64_t x = p.random;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  p.random = x;
  return static_cast<std::uint32_t>((x >> 32) * sampled_span >> 32) + 1;
}

static_assert(FG_PROBE_PATIENCE == 4 * sampled_span && FG_PROBES_FULL == level_full);

std::uint64_t burst_offset(std::uint64_t seed, std::uint64_t period) {
  constexpr std::uint64_t room = (1u << period_shift) - burst_length;
  return period == 0 ? 0 : hash_of(seed, period) % room;
}

}  // namespace

void Probe::prepare(fg_worker& w, std::uint64_t seed, std::uint32_t level) {
  w.probe.stamps = log_->stamps;
  w.probe.stamps_room = stamps_room;
  w.probe.random = hash_of(seed, 0x70726f6265u) | 1u;
  w.probe.countdown = level == level_full ? 1 : next_countdown(w.probe);
}

void Probe::event(fg_worker& w, fg_resource& r, fg_event event) {
  switch (event) {
    case FG_EVENT_ORDER:
      return order(w);
    case FG_EVENT_WAIT:
      return wait(w, r);
    case FG_EVENT_ACQUIRED:
      return log_->handovers.record(minus(fg_ticks_(&w), load_relaxed(r.released_ticks)));
    case FG_EVENT_STAMPED:
      return settle(w.probe);
  }
}

// Called with a position that isn't accounted for yet: note it if a burst is on, say when to be called next.
void Probe::order(fg_worker& w) {
  fg_probe& p = w.probe;
  std::uint64_t base = order_->base.load(std::memory_order_relaxed);
  if (base == 0 && order_->base.compare_exchange_strong(base, p.acquired)) base = p.acquired;
  if (log_->started == 0) {
    log_->started = 1;
    log_->first_position = p.acquired;
    log_->shift = window_shift;
    p.previous = p.acquired - 1;
  }
  if (p.acquired < base) {  // acquired before the one from which all count
    p.event = base;
    return;
  }
  const std::uint64_t k = p.acquired - base;
  if (k >> log_->shift != log_->window) {
    flush_window(p.count - log_->flushed);
    log_->flushed = p.count;
    log_->window = k >> log_->shift;
  }
  const std::uint64_t period = k >> period_shift;
  if (period != log_->period) {
    log_->period = period;
    log_->burst_offset = burst_offset(order_->seed, period);
  }
  const std::uint64_t within = k & ((1u << period_shift) - 1);
  const std::uint64_t place = within < log_->burst_offset ? UINT64_MAX : within - log_->burst_offset;
  std::uint64_t next = k + 1;
  if (place < burst_length) {
    __atomic_store_n(&order_->entries[period % burst_slots][place],
                     static_cast<std::uint32_t>(period << 16) | (w.index + 1), __ATOMIC_RELAXED);
  } else if (place == UINT64_MAX) {
    next = (period << period_shift) + log_->burst_offset;
  } else {
    next = ((period + 1) << period_shift) + burst_offset(order_->seed, period + 1);
  }
  p.event = base + std::min(next, (log_->window + 1) << log_->shift);
}

void Probe::flush_window(std::uint64_t count) {
  if (count == 0) return;
  if (log_->window_count == most_windows) {  // no room: pairs become one
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < most_windows; ++i) {
      const WindowCount half{log_->windows[i].index / 2, log_->windows[i].count};
      if (kept > 0 && log_->windows[kept - 1].index == half.index)
        log_->windows[kept - 1].count += half.count;
      else
        log_->windows[kept++] = half;
    }
    log_->window_count = kept;
    ++log_->shift;
    log_->window /= 2;
  }
  WindowCount* const last = log_->window_count > 0 ? &log_->windows[log_->window_count - 1] : nullptr;
  if (last != nullptr && last->index == log_->window)
    last->count += static_cast<std::uint32_t>(count);
  else
    log_->windows[log_->window_count++] = {static_cast<std::uint32_t>(log_->window), static_cast<std::uint32_t>(count)};
}

// A request at the level `sampled`: outside the section, so the place to account for the acquisition before.
void Probe::wait(fg_worker& w, fg_resource& r) {
  if (load_relaxed(w.probe_level) != level_sampled) return;  // the window has just ended
  fg_probe& p = w.probe;
  fg_stamps& s = log_->stamps[0];
  p.countdown = FG_PROBE_PATIENCE;  // until the release, or the give-up, asks for the next request
  p.stamping = 0;
  if (s.release != 0) {
    s.next = fg_ticks_(&w);
    account(s);
    s.release = 0;
  }
  const auto countdown = static_cast<std::uint32_t>(p.countdown_after);
  p.countdown_after = 0;
  if (countdown > 1) {
    p.countdown = countdown - 1;
    return;
  }
  p.countdown_after = next_countdown(p);
  p.stamping = r.id;
  s.hold = 0;
  s.wait = fg_ticks_(&w);
}

// Level `full`: what has been stamped and is whole. Many at once, for between two fences nothing of it goes on beside
// anything else.
void Probe::settle(fg_probe& p) {
  const std::uint32_t whole = std::min(load_relaxed(p.stamped), stamps_room);
  // First: who is killed in here loses some of them, and none is accounted for twice.
  store_relaxed(p.stamped, 0);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  const fg_stamps newest = log_->stamps[whole % stamps_room];
  std::uint64_t worst_wait = order_->worst_wait.load(std::memory_order_relaxed);
  for (const fg_stamps& s : std::span(log_->stamps).first(whole)) {
    account(s);
    if (s.request != UINT64_MAX && s.position > s.request) log_->bypass.record(s.position - s.request - 1);
    const Acquisition one{s.position, s.wait, s.hold, s.release};
    if (log_->acquisition_count < first_acquisitions) log_->first[log_->acquisition_count] = one;
    log_->last[log_->acquisition_count++ % acquisition_ring] = one;
    if (minus(s.hold, s.wait) > worst_wait) worst_wait = note_worst(minus(s.hold, s.wait), s.hold);
  }
  const std::uint64_t worst = order_->worst_end.load(std::memory_order_relaxed);
  if (whole > 0 && worst != log_->worst_end && log_->stamps[whole - 1].next > worst + order_->shown_ticks / 5)
    keep_worst(worst);
  p.long_wait = worst_wait;
  if (whole < stamps_room) log_->stamps[0] = newest;  // what is being stamped
}

void Probe::account(const fg_stamps& s) {
  const std::uint64_t wait = minus(s.hold, s.wait);
  log_->outside.record(minus(s.next, s.release));
  log_->holds[s.access & 1].record(minus(s.release, s.hold));
  log_->waits[s.access & 1][s.distance > 0 ? distance_class(s.distance) : distance_classes - 1].record(wait);
  log_->longest_wait = std::max(log_->longest_wait, wait);
  if (s.left != 0) log_->handovers.record(minus(s.hold, s.left));
}

// The longest wait that there has been is this one, or another's that is longer: which it then returns, ticks.
std::uint64_t Probe::note_worst(std::uint64_t wait, std::uint64_t end) {
  std::uint64_t longest = order_->worst_wait.load();
  while (wait > longest) {
    if (!order_->worst_wait.compare_exchange_weak(longest, wait)) continue;
    order_->worst_end = end;
    return wait;
  }
  return longest;
}

// What this worker did around the longest wait that there has been, before the ring forgets it. Some 100 us, as often
// as there is a longer one.
void Probe::keep_worst(std::uint64_t end) {
  log_->worst_end = end;
  log_->worst_count = 0;
  const std::uint64_t from = minus(end, order_->shown_ticks - order_->shown_ticks / 5);
  const std::uint64_t until = end + order_->shown_ticks / 5;
  const std::uint64_t count = log_->acquisition_count;
  for (std::uint64_t back = 1; back <= std::min<std::uint64_t>(count, acquisition_ring); ++back) {
    const Acquisition& one = log_->last[(count - back) % acquisition_ring];
    if (one.release < from || log_->worst_count == worst_acquisitions) return;
    if (one.wait <= until) log_->worst[log_->worst_count++] = one;
  }
}

}  // namespace fairground::trial
