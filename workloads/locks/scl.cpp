// scl: scheduler-cooperative, after Y. Patel et al., "Avoiding Scheduler Subversion using Scheduler-Cooperative Locks",
// EuroSys 2020 (their u-SCL, for workers of equal weight). What is shared out is not acquisitions but lock opportunity:
// time in which one may have the lock. The lock belongs to one worker for a slice, in which it takes it again and again
// with nobody to wait for; then the next in line gets it, and the former owner stays away for as long as the others
// need to have had as much. So a worker with long sections can't take the lock from one with short ones, and the lock
// may stand idle.
#include <algorithm>

#include "kit/futex.hpp"
#include "kit/tuned.hpp"

namespace {
using fairground::kit::Futex;
using fairground::kit::monotonic_ns;

struct Scl {
  static constexpr fairground::kit::LockInfo info{
      .id = "scl",
      .group = "blocking",
      .summary = "equal time in which one may have the lock: slices in turn, and who overran one has to stay away",
      .blocks = true,
      .processes = true,
      .version = 4,
  };
  struct Options {
    std::int64_t slice = 0;
    static constexpr auto parameters() {
      return std::make_tuple(fairground::duration("slice", &Options::slice, 2'000'000, 1'000, 1e9,
                                                  "for so long the lock belongs to one worker, if others wait"));
    }
  };
  struct Local {
    std::uint32_t index = 0;
  };
  struct alignas(fairground::kit::line) Own {
    bool has_slice;
    std::uint32_t ticket;       // of my slice: even
    std::int64_t slice_begin;   // ns
    std::int64_t last_release;  // ns, within that slice
  };

  void tune(fairground::Host host, const Options& options) {
    futex.setup(host.c_host()->as_processes != 0);
    slice = options.slice;
    others = host.workers() - 1;
    own = host.shared<Own>(host.workers());
    next = 2;  // as if ticket 0 had had its slice
  }
  void join(Local& local, fairground::Worker w) { local.index = w.index(); }
  void leave(Local&) {}
  // Slices and bans are over.
  void wake() {
    ended.store(1);
    futex.wake(ended, INT_MAX);
    futex.wake(turn, INT_MAX);
  }

  void lock(Local& local) {
    Own& mine = own[local.index];
    if (mine.has_slice) {
      std::uint32_t idle = mine.ticket;
      if (state.compare_exchange_strong(idle, mine.ticket | inside, std::memory_order_acquire)) return;
      mine.has_slice = false;  // it was taken while I was outside
    }
    const bool stayed = stay_away(mine);
    mine.ticket = next.fetch_add(2);
    if (stayed) away.fetch_sub(1);
    while (!begin_slice(mine)) {
    }
  }
  void unlock(Local& local) {
    Own& mine = own[local.index];
    mine.last_release = monotonic_ns();
    const std::uint32_t following = mine.ticket + 2;
    const bool over = mine.last_release >= slice_end.load(std::memory_order_relaxed);
    const bool all_here = away.load() == 0;  // before `next`: who comes back has drawn its ticket first
    if (!over || next.load() == following) {
      if (over) all_here ? begin_anew(mine) : keep_ready(mine);
      state.store(mine.ticket, std::memory_order_release);  // still mine
    } else {
      mine.has_slice = false;
      state.store(following | inside, std::memory_order_release);
      announce(following);
    }
  }

  // Somebody stays away, and gets the lock as soon as it comes back. What I have meanwhile is no debt beyond a slice:
  // else each would stay away for the other's staying away, for ever longer.
  void keep_ready(Own& mine) const { mine.slice_begin = std::max(mine.slice_begin, mine.last_release - slice); }
  // Nobody wanted the lock in the slice that is over, and nobody stays away from it, so nobody is owed anything for it.
  void begin_anew(Own& mine) {
    mine.slice_begin = mine.last_release;
    slice_end.store(mine.slice_begin + slice, std::memory_order_relaxed);
  }

  // While those that I shared with have had less than I had. Was there need to? Then I count as one who stays away.
  bool stay_away(const Own& mine) {
    const std::int64_t until = mine.last_release + (mine.last_release - mine.slice_begin) * others;
    if (monotonic_ns() >= until) return false;
    away.fetch_add(1);
    while (monotonic_ns() < until && ended.load(std::memory_order_relaxed) == 0)
      futex.wait(ended, 0, Futex::any, until);
    return true;
  }
  // Begin my slice if I may; otherwise sleep until that may have changed.
  bool begin_slice(Own& mine) {
    const std::uint32_t before = mine.ticket - 2;
    const std::uint32_t owner = turn.load(std::memory_order_acquire);
    std::int64_t deadline = 0;
    if (owner == before) {  // I am the next
      const bool outside = state.load(std::memory_order_acquire) == before;
      const std::int64_t now = monotonic_ns(), end = slice_end.load(std::memory_order_relaxed);
      const bool over = now >= end || ended.load(std::memory_order_relaxed) != 0;
      std::uint32_t idle = before;
      if (outside && over && state.compare_exchange_strong(idle, mine.ticket | inside, std::memory_order_acquire))
        return start(mine);
      deadline = now < end ? end : now + slice;  // who is inside after the end hands over, but for an unlucky instant
    }
    if (owner == mine.ticket) return start(mine);  // it was handed to me
    futex.wait(turn, owner, bit(mine.ticket), deadline);
    return false;
  }
  bool start(Own& mine) {
    mine.has_slice = true;
    mine.slice_begin = monotonic_ns();
    slice_end.store(mine.slice_begin + slice, std::memory_order_relaxed);
    announce(mine.ticket);
    futex.wake(turn, INT_MAX, bit(mine.ticket + 2));  // now it is who watches the clock
    return true;
  }
  void announce(std::uint32_t ticket) {
    turn.store(ticket, std::memory_order_release);
    futex.wake(turn, INT_MAX, bit(ticket));
  }
  static std::uint32_t bit(std::uint32_t ticket) { return 1u << ticket / 2 % 32; }

  static constexpr std::uint32_t inside = 1;
  std::atomic<std::uint32_t> state;     // the ticket of the slice's owner, and whether that is inside
  std::atomic<std::int64_t> slice_end;  // ns
  std::int64_t slice = 0, others = 0;
  Own* own = nullptr;
  alignas(fairground::kit::line) Futex::Word next;  // ticket
  std::atomic<std::uint32_t> away;                  // workers that stay away
  Futex::Word turn;   // the ticket of the slice's owner, to sleep on; changes once a slice
  Futex::Word ended;  // 1: the trial is over
  Futex futex;
};
}  // namespace

FAIRGROUND_WORKLOAD(scl, fairground::kit::Tuned<Scl>)
