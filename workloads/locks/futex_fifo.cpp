// futex-fifo: a ticket lock whose waiters sleep (tickets: D. Reed and R. Kanodia, "Synchronization with Eventcounts and
// Sequencers", CACM 1979). Every release hands it to the next in line, who mostly has to be woken first: a convoy, in
// which each acquisition costs a wake-up. All sleep on one word, told apart by their ticket modulo 32 (futex(2),
// FUTEX_WAIT_BITSET), so that with up to 32 waiters only the one meant is woken.
#include "kit/futex.hpp"
#include "kit/lock.hpp"

namespace {
using fairground::kit::Futex;

struct FutexFifo {
  static constexpr fairground::kit::LockInfo info{
      .id = "futex-fifo",
      .group = "blocking",
      .summary = "tickets whose holders sleep: every release hands the lock to the next in line",
      .fifo = true,
      .blocks = true,
      .processes = true,
  };
  struct Local {};

  void init(fairground::Host, bool as_processes) { futex.setup(as_processes); }

  void lock(Local&) {
    const std::uint32_t mine = next.fetch_add(1);
    for (std::uint32_t now = serving.load(); now != mine; now = serving.load()) futex.wait(serving, now, bit(mine));
  }
  void unlock(Local&) {
    const std::uint32_t following = serving.load(std::memory_order_relaxed) + 1;
    serving.store(following);
    // Both orders are sequentially consistent: whoever is not seen here sees the store above and doesn't sleep.
    if (next.load() != following) futex.wake(serving, INT_MAX, bit(following));
  }
  bool try_lock(Local&) {
    std::uint32_t mine = serving.load();
    return next.compare_exchange_strong(mine, mine + 1);
  }

  static std::uint32_t bit(std::uint32_t ticket) { return 1u << ticket % 32; }

  Futex::Word next, serving;
  Futex futex;
};
}  // namespace

FAIRGROUND_WORKLOAD(futex_fifo, fairground::kit::Locked<FutexFifo>)
