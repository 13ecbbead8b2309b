#include "trial/probe.hpp"

#include <algorithm>

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

// After so many requests what was never released by who asked for it is given up.
constexpr std::uint32_t patience = 4 * sampled_span;
constexpr std::uint64_t not_kept = UINT64_MAX;  // fg_probe.request: of a resource whose order is not kept

std::uint64_t burst_offset(std::uint64_t seed, std::uint64_t period) {
  constexpr std::uint64_t room = (1u << period_shift) - burst_length;
  return period == 0 ? 0 : hash_of(seed, period) % room;
}

}  // namespace

void Probe::prepare(fg_worker& w, std::uint64_t seed, std::uint32_t level) {
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

// A request: outside the section, so the place to account for the acquisition before.
void Probe::wait(fg_worker& w, fg_resource& r) {
  fg_probe& p = w.probe;
  p.countdown = patience;  // until the release, or the give-up, asks for the next request
  const std::uint64_t now = fg_ticks_(&w);
  const bool full = w.probe_level == level_full;
  p.stamping = 0;
  if (p.release_ticks != 0) account(p, now, full);
  if (!full) {
    const auto countdown = static_cast<std::uint32_t>(p.countdown_after);
    p.countdown_after = 0;
    if (countdown > 1) {
      p.countdown = countdown - 1;
      return;
    }
    p.countdown_after = next_countdown(p);
  }
  p.stamping = r.id;
  p.request = (r.order & FG_ORDER_KEPT) != 0 ? load_relaxed(r.acquisitions) : not_kept;
  p.wait_ticks = now;
}

// What was stamped last is whole.
void Probe::account(fg_probe& p, std::uint64_t now, bool full) {
  const std::uint64_t wait = minus(p.hold_ticks, p.wait_ticks);
  log_->outside.record(minus(now, p.release_ticks));
  log_->holds[p.access & 1].record(minus(p.release_ticks, p.hold_ticks));
  log_->waits[p.access & 1][p.distance > 0 ? distance_class(p.distance) : distance_classes - 1].record(wait);
  log_->longest_wait = std::max(log_->longest_wait, wait);
  if (p.left_ticks != 0) log_->handovers.record(minus(p.hold_ticks, p.left_ticks));
  if (full) {
    const bool kept = p.request != not_kept;
    if (kept && p.acquired > p.request) log_->bypass.record(p.acquired - p.request - 1);
    const Acquisition one{kept ? p.acquired : 0, p.wait_ticks, p.hold_ticks, p.release_ticks};
    if (log_->acquisition_count < first_acquisitions) log_->first[log_->acquisition_count] = one;
    log_->last[log_->acquisition_count % acquisition_ring] = one;
    // Fetched ahead, for the lock's next atomic instruction waits until all of this is stored.
    __builtin_prefetch(&log_->last[(log_->acquisition_count + 8) % acquisition_ring], 1);
    ++log_->acquisition_count;
    if (wait > order_->worst_wait.load(std::memory_order_relaxed)) note_worst(wait, p.hold_ticks);
    const std::uint64_t worst = order_->worst_end.load(std::memory_order_relaxed);
    if (worst != log_->worst_end && now > worst + order_->shown_ticks / 5) keep_worst(worst);
  }
  p.release_ticks = 0;
}

void Probe::note_worst(std::uint64_t wait, std::uint64_t end) {
  std::uint64_t longest = order_->worst_wait.load();
  while (wait > longest) {
    if (!order_->worst_wait.compare_exchange_weak(longest, wait)) continue;
    order_->worst_end = end;
    return;
  }
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
