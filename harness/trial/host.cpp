#include "trial/host.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "base/relaxed.hpp"
#include "trial/probe.hpp"

namespace fairground::trial {

namespace {

constexpr std::uint64_t long_operation_cycles = 12'000;
constexpr std::uint64_t stamp_every_cycles = 6'000;
constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t page_bytes = 4'096;                 // what mmap aligns to, at least
constexpr std::size_t most_bytes = std::size_t{1} << 47;  // more can't be mapped, and sums stay far from wrapping

// The second number of schedstat; null if the third, how often the thread has run, is 0: then no account is kept.
std::optional<std::uint64_t> delay_of(const char* text) {
  char* at = nullptr;
  std::strtoull(text, &at, 10);
  const std::uint64_t delay = std::strtoull(at, &at, 10);
  return std::strtoull(at, nullptr, 10) > 0 ? std::optional(delay) : std::nullopt;
}

// Run delay of the calling thread since this was last asked, ns. 0 if the kernel doesn't say, and the slot knows.
std::uint64_t new_run_delay(Slot& slot) {
  char text[64];
  const ssize_t n = slot.schedstat_fd != 0 ? pread(slot.schedstat_fd - 1, text, sizeof text - 1, 0) : 0;
  text[std::max<ssize_t>(n, 0)] = 0;
  const std::optional<std::uint64_t> total = delay_of(text);
  if (!total) {
    slot.delay_unknown.store(1, std::memory_order_relaxed);
    return 0;
  }
  const std::uint64_t before = slot.delay_read_ns;
  slot.delay_read_ns = *total;
  return *total > before ? *total - before : 0;
}

using Seen = std::array<std::atomic<std::uint64_t>, seen_words>;
void note_unit(Seen& seen) {
  const int unit = sched_getcpu();
  if (unit < 0 || static_cast<std::size_t>(unit) >= seen_words * 64) return;
  std::atomic<std::uint64_t>& word = seen[static_cast<std::size_t>(unit) / 64];
  const std::uint64_t bit = std::uint64_t{1} << (unit % 64);
  if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
}

void push_gap(Slot& slot, const GapRecord& gap) {
  const std::uint32_t at = slot.gap_written.load(std::memory_order_relaxed);
  if (at - slot.gap_read.load(std::memory_order_acquire) >= gap_ring) {
    slot.gaps_dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  slot.gaps[at % gap_ring] = gap;
  slot.gap_written.store(at + 1, std::memory_order_release);
}

// Widen [gap_begin, gap_end) if [begin, end), clipped to the window, is longer.
struct Clipped {
  std::uint64_t begin, end;
};
Clipped clip(const Header& header, std::uint64_t begin, std::uint64_t end) {
  const std::uint64_t open = header.window_open.load(std::memory_order_acquire);
  if (open == 0 || end <= open) return {0, 0};
  const std::uint64_t close = header.window_close.load(std::memory_order_relaxed);
  if (close != 0 && begin >= close) return {0, 0};
  return {std::max(begin, open), close != 0 ? std::min(end, close) : end};
}

}  // namespace

std::uint64_t next_stamp(std::uint64_t length, std::uint64_t operations, std::uint64_t long_operation,
                         std::uint64_t stamp_every) {
  if (length > long_operation) return 1;
  const std::uint64_t grown = operations * 9 / 8 + 1;
  const std::uint64_t paced = stamp_every * operations / std::max<std::uint64_t>(length, 1);
  return std::max<std::uint64_t>(1, std::min({std::uint64_t{8'192}, grown, paced}));
}

// The functions of the table; static, so that they have C's calling convention.
struct HostCalls {
  static Host& of(const fg_host* host) { return *static_cast<Host*>(host->context); }

  // A stamp: close the span since the last one, in which `operations` were completed.
  static void close_span(Host& host, Slot& slot, std::uint64_t now, std::uint64_t operations) {
    const Header& header = host.board_.header();
    const std::uint64_t begin = slot.stamp_ticks;
    const std::uint64_t length = now - begin;
    const bool gap = length >= host.gap_least_;
    std::uint64_t delay = 0;
    if (gap || now - slot.delay_read_ticks > host.delay_stale_) {
      delay = new_run_delay(slot);
      slot.delay_read_ticks = now;
    }
    const Clipped span = clip(header, begin, now);
    if (span.end <= span.begin) return;
    if (gap) push_gap(slot, {begin, now, operations, delay});
    if (span.end - span.begin > slot.gap_end - slot.gap_begin) {
      store_relaxed(slot.gap_begin, span.begin);
      store_relaxed(slot.gap_end, span.end);
      store_relaxed(slot.gap_operations, operations);
    }
    if (span.end == now) note_completion(slot, now);
  }

  static void note_completion(Slot& slot, std::uint64_t now) {
    if (slot.first_completion == 0) {
      store_relaxed(slot.first_completion, now);
      store_relaxed(slot.first_count, slot.w.count);
    }
    store_relaxed(slot.last_completion, now);
    store_relaxed(slot.last_count, slot.w.count);
    store_relaxed(slot.completions, slot.completions + 1);
  }

  // The load is off. What is waited here is no gap of the worker's.
  static void wait_out_pause(const Host& host, Slot& slot) {
    const Header& header = host.board_.header();
    while (header.paused.load() != 0 && header.stop.load() == 0) futex_wait(header.paused, 1, 10'000'000);
    if (host.stamping_) store_relaxed(slot.stamp_ticks, ticks(host.source_));
  }

  static int go(fg_worker* w) {
    Host& host = of(w->host);
    Slot& slot = *reinterpret_cast<Slot*>(w);
    const Header& header = host.board_.header();
    const bool sampled = load_relaxed(w->horizon) == 0;
    std::uint64_t next = 1;
    if (host.stamping_) {
      const std::uint64_t now = ticks(host.source_);
      const std::uint64_t operations = w->count - slot.stamp_count;
      if (operations > 0) {
        close_span(host, slot, now, operations);
        next = next_stamp(now - slot.stamp_ticks, operations, host.long_operation_, host.stamp_every_);
        store_relaxed(slot.stamp_ticks, now);
        store_relaxed(slot.stamp_count, w->count);
      }
    } else {
      next = UINT64_MAX / 2;
    }
    if (sampled) note_unit(slot.seen);
    if (header.paused.load(std::memory_order_relaxed) != 0) wait_out_pause(host, slot);
    if (header.stop.load(std::memory_order_relaxed) != 0) return 0;
    store_relaxed(w->horizon, w->count + next);
    return header.stop.load(std::memory_order_relaxed) == 0 ? 1 : 0;
  }

  static void count(fg_worker* w, std::uint64_t k) { fg_count(w, k); }

  static void probe(fg_worker* w, fg_resource* r, fg_event event, fg_access) {
    Host& host = of(w->host);
    if (w->index < host.probes_.size()) host.probes_[w->index].event(*w, *r, event);
  }

  template <TickSource source>
  static std::uint64_t clock() {
    return ordered_ticks(source);
  }

  static void stamp_for(const fg_host* table, fg_contender_slot* contender) {
    Host& host = of(table);
    const std::uint64_t now = ticks(host.source_);
    const std::uint64_t before = load_relaxed(contender->stamp_ticks);
    store_relaxed(contender->stamp_ticks, now);
    const auto index = static_cast<std::size_t>(contender - host.board_.contenders());
    if (index < max_contenders) note_unit(host.board_.contender_notes()[index].seen);
    const Clipped span = clip(host.board_.header(), before, now);
    if (span.end - span.begin > load_relaxed(contender->gap_end_ticks) - load_relaxed(contender->gap_begin_ticks)) {
      store_relaxed(contender->gap_begin_ticks, span.begin);
      store_relaxed(contender->gap_end_ticks, span.end);
    }
  }

  static void finding(const fg_host* table, fg_finding kind, fg_certainty certainty, const char* text) {
    Header& header = of(table).board_.header();
    const std::uint32_t i = header.finding_count.fetch_add(1);
    if (i >= max_findings) return;
    PostedFinding& posted = header.findings[i];
    posted.kind = static_cast<std::uint32_t>(kind);
    posted.certainty = static_cast<std::uint32_t>(certainty);
    put_text(posted.text, text);
    posted.ready.store(1, std::memory_order_release);
  }

  static fg_status resource(const fg_host* table, fg_resource* r, fg_resource_kind kind, std::uint32_t permits,
                            const char* name) {
    Host& host = of(table);
    if (kind > FG_PERMITS) return FG_INTERNAL;
    host.resources_.emplace_back(r, name != nullptr ? name : "");
    r->size = sizeof(fg_resource);
    r->id = static_cast<std::uint32_t>(host.resources_.size());
    r->kind = static_cast<std::uint32_t>(kind);
    r->permits = permits;
    // One order is recorded: that of the first, and, where there are many, hottest one.
    r->order = r->id == 1 ? FG_ORDER_KEPT : 0;
    if (r->id == 1 && host.board_.probed()) {
      host.board_.order_log().shared = kind == FG_SHARED || (kind == FG_PERMITS && permits != 1) ? 1 : 0;
    }
    return FG_OK;
  }

  static void counter(const fg_host* table, std::uint32_t index, double value) {
    if (index >= max_counters) return;
    of(table).board_.header().counters[index] = value;
    of(table).board_.header().counter_set[index] = 1;
  }

  static void* shared_alloc(const fg_host* table, std::size_t bytes, std::size_t alignment) {
    return of(table).shared_alloc(bytes, alignment);
  }

  static const void* extension(const fg_host*, const char*) { return nullptr; }
};

Host::Host(Board& board, std::uint32_t workers, bool as_processes, std::uint64_t seed,
           const std::vector<std::vector<unsigned>>& places)
    : board_(board), source_(static_cast<TickSource>(board.header().tick_source)), units_(places) {
  const double per_ns = board.header().ticks_per_ns;
  const bool counter = source_ == TickSource::counter;
  // In cycles of the counter; where the clock is in ns, or the counter is slow (aarch64), in a 2.5 GHz machine's time.
  const double per_cycle = counter && per_ns > 1.0 ? 1.0 : per_ns / 2.5;
  long_operation_ = static_cast<std::uint64_t>(static_cast<double>(long_operation_cycles) * per_cycle);
  stamp_every_ = static_cast<std::uint64_t>(static_cast<double>(stamp_every_cycles) * per_cycle);
  gap_least_ = static_cast<std::uint64_t>(1e6 * per_ns);
  delay_stale_ = static_cast<std::uint64_t>(10e6 * per_ns);
  stamping_ = board.header().stamping != 0;
  units_.resize(workers);
  for (const std::vector<unsigned>& units : units_) {
    places_.push_back({sizeof(fg_place), static_cast<std::uint32_t>(units.size()), units.data()});
    place_pointers_.push_back(&places_.back());
  }
  table_ = {sizeof(fg_host),
            FG_ABI_MINOR,
            this,
            workers,
            workers,
            as_processes ? 1u : 0u,
            0,
            place_pointers_.data(),
            seed,
            &HostCalls::shared_alloc,
            &HostCalls::finding,
            &HostCalls::resource,
            &HostCalls::counter,
            &HostCalls::go,
            &HostCalls::count,
            &HostCalls::probe,
            &HostCalls::stamp_for,
            &HostCalls::extension,
            counter ? &HostCalls::clock<TickSource::counter> : &HostCalls::clock<TickSource::monotonic>};
  if (!board_.probed()) return;
  board_.order_log().shown_ticks = static_cast<std::uint64_t>(static_cast<double>(shown_ns) * per_ns);
  for (std::uint32_t i = 0; i < board_.workers(); ++i) {
    probes_.emplace_back(board_.probe_log(i), board_.order_log());
  }
}

void* Host::shared_alloc(std::size_t bytes, std::size_t alignment) {
  if (!std::has_single_bit(alignment) || alignment > page_bytes || bytes > most_bytes) return nullptr;
  alignment = std::max<std::size_t>(alignment, 64);
  const std::size_t wanted = (bytes + alignment - 1) / alignment * alignment;
  const std::size_t skip =
      chunk_ == nullptr ? 0 : (alignment - reinterpret_cast<std::uintptr_t>(chunk_) % alignment) % alignment;
  if (chunk_ == nullptr || wanted + skip > chunk_left_) {
    const std::size_t size = std::max(wanted, chunk_bytes);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    if (wanted > chunk_bytes / 2) return memory;  // a large one has its own mapping
    chunk_ = static_cast<char*>(memory);
    chunk_left_ = size;
    return shared_alloc(bytes, alignment);
  }
  char* at = chunk_ + skip;
  chunk_ = at + wanted;
  chunk_left_ -= wanted + skip;
  return at;
}

void Host::check_resources() {
  for (const auto& [r, name] : resources_) {
    const std::uint32_t violations = __atomic_load_n(&r->violations, __ATOMIC_RELAXED);
    const std::uint32_t inside = __atomic_load_n(&r->inside, __ATOMIC_RELAXED);
    if (violations != 0) {
      const std::string text = "resource '" + name + "': " + std::to_string(violations) +
                               (violations == 1 ? " entry" : " entries") + " while it was not free";
      HostCalls::finding(&table_, FG_WRONG_RESULT, FG_CERTAIN, text.c_str());
    } else if (inside != 0) {
      const std::string text = "resource '" + name + "': " + std::to_string(inside) + " inside after all had left";
      HostCalls::finding(&table_, FG_WRONG_RESULT, FG_CERTAIN, text.c_str());
    }
  }
}

void Host::prepare(std::uint32_t i, std::uint64_t seed) {
  fg_worker& w = board_.slot(i).w;
  w = fg_worker{};
  w.host = &table_;
  w.contenders = board_.contenders();
  w.index = i;
  w.place = i;
  w.seed = seed;
  w.counts_ticks = source_ == TickSource::counter ? 1 : 0;
  if (i < probes_.size()) probes_[i].prepare(w, seed, board_.header().probe_level);
}

void Host::begin(Slot& slot) {
  const int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  slot.schedstat_fd = fd >= 0 ? fd + 1 : 0;
  new_run_delay(slot);
  slot.stamp_count = slot.w.count;
  store_relaxed(slot.stamp_ticks, ticks(source_));
  slot.delay_read_ticks = slot.stamp_ticks;
  note_unit(slot.seen);
}

}  // namespace fairground::trial
