// eventually-fair: barging, but at random times the lock is handed to who has slept longest, so that nobody starves for
// long and most acquisitions still cost no wake-up. The idea is that of WebKit's locks (F. Pizlo, "Locking in WebKit",
// 2016) and of Rust's parking_lot: a release that finds a time limit passed, drawn anew after each, is a hand-over.
#include "kit/futex.hpp"
#include "kit/random.hpp"
#include "kit/tuned.hpp"

namespace {
using fairground::kit::Futex;

struct EventuallyFair {
  static constexpr fairground::kit::LockInfo info{
      .id = "eventually-fair",
      .group = "blocking",
      .summary = "whoever comes first gets it, but at random times it is handed to who has slept longest",
      .blocks = true,
      .processes = true,
  };
  struct Options {
    std::int64_t interval = 0;
    static constexpr auto parameters() {
      return std::make_tuple(fairground::duration("interval", &Options::interval, 1'000'000, 0, 1e9,
                                                  "hand it over after a random time up to this; 0: at every release"));
    }
  };
  struct Local {
    fairground::kit::Random random{0};
  };

  void tune(fairground::Host host, const Options& chosen) {
    futex.setup(host.c_host()->as_processes != 0);
    options = chosen;
  }
  void join(Local& local, fairground::Worker w) { local.random = fairground::kit::Random(w.seed()); }
  void leave(Local&) {}

  void lock(Local&) {
    for (bool slept = false;;) {
      std::uint32_t seen = word.load(std::memory_order_relaxed);
      if (seen == unlocked || (seen == handed && slept)) {
        // Who has slept can't know whether others still do.
        if (word.compare_exchange_weak(seen, slept ? waited_for : locked, std::memory_order_acquire)) return;
      } else if (seen != locked || word.compare_exchange_weak(seen, waited_for, std::memory_order_relaxed)) {
        futex.wait(word, seen == locked ? waited_for : seen);
        slept = true;
      }
    }
  }
  void unlock(Local& local) {
    std::uint32_t seen = locked;
    if (word.compare_exchange_strong(seen, unlocked, std::memory_order_release)) return;
    if (is_time(local)) {
      word.store(handed, std::memory_order_release);  // only for who has slept
      if (futex.wake(word) != 0) return;
      seen = handed;
      if (!word.compare_exchange_strong(seen, unlocked, std::memory_order_release)) return;
    } else {
      word.store(unlocked, std::memory_order_release);
    }
    futex.wake(word);
  }
  bool try_lock(Local&) {
    std::uint32_t seen = unlocked;
    return word.compare_exchange_strong(seen, locked, std::memory_order_acquire);
  }

  // [the holder]
  bool is_time(Local& local) {
    const std::int64_t now = fairground::kit::monotonic_ns();
    if (now < next_hand_over_ns) return false;
    next_hand_over_ns = now + static_cast<std::int64_t>(local.random.below(options.interval + 1ull));
    return true;
  }

  static constexpr std::uint32_t unlocked = 0, locked = 1, waited_for = 2, handed = 3;
  Futex::Word word;
  Futex futex;
  std::int64_t next_hand_over_ns = 0;  // the holder's
  Options options;
};
}  // namespace

FAIRGROUND_WORKLOAD(eventually_fair, fairground::kit::Tuned<EventuallyFair>)
