// eventually-fair: barging, but at random times the lock is handed to who has slept longest, so that nobody starves for
// long and most acquisitions still cost no wake-up. The idea is that of WebKit's locks (F. Pizlo, "Locking in WebKit",
// 2016) and of Rust's parking_lot: a release that finds somebody asleep and a time limit passed, drawn anew after each,
// is a hand-over. Those who barge in don't make it forget who sleeps, and one at a time is woken to try again.
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
      .version = 3,
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
        if (word.compare_exchange_weak(seen, locked, std::memory_order_acquire)) return;
        continue;
      }
      sleepers.fetch_add(1);  // before the kernel looks at the word: see unlock
      futex.wait(word, seen);
      sleepers.fetch_sub(1);
      woken.store(0);  // by me, or by nobody: then one is woken too many
      slept = true;
    }
  }
  // Sequentially consistent: who goes to sleep counts itself and then looks at the word, here it is the other way
  // round.
  void unlock(Local& local) {
    if (sleepers.load() != 0 && is_time(local)) {
      word.store(handed);  // only for who has slept
      if (futex.wake(word) != 0) return;
      std::uint32_t seen = handed;
      if (!word.compare_exchange_strong(seen, unlocked)) return;
    } else {
      word.store(unlocked);
    }
    if (sleepers.load() == 0 || woken.exchange(1) != 0) return;
    if (futex.wake(word) != 0) return;
    woken.store(0);
    // Nobody was asleep yet. Who fell asleep since, and found others to release it who left the waking to me?
    if (sleepers.load() != 0 && word.load() == unlocked) futex.wake(word);
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

  static constexpr std::uint32_t unlocked = 0, locked = 1, handed = 2;
  Futex::Word word;
  std::atomic<std::uint32_t> sleepers, woken;  // how many, and whether one of them is on its way
  Futex futex;
  std::int64_t next_hand_over_ns = 0;  // the holder's
  Options options;
};
}  // namespace

FAIRGROUND_WORKLOAD(eventually_fair, fairground::kit::Tuned<EventuallyFair>)
