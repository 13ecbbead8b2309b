// futex-mutex: the mutex of three states (free, taken, taken and somebody may sleep) of U. Drepper, "Futexes Are
// Tricky", 2011, the last of his three. It makes no system call while nobody waits, and whoever comes first takes it.
#include "kit/futex.hpp"
#include "kit/lock.hpp"

namespace {
using fairground::kit::Futex;

struct FutexMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "futex-mutex",
      .group = "blocking",
      .summary = "a word and a futex, after Drepper: waiters sleep, and whoever comes first after a release gets it",
      .blocks = true,
      .processes = true,
  };
  struct Local {};

  void init(fairground::Host, bool as_processes) { futex.setup(as_processes); }

  void lock(Local& local) {
    if (try_lock(local)) return;
    // Who has waited can't know whether others still do, and so leaves the word at `waited_for`.
    while (word.exchange(waited_for, std::memory_order_acquire) != unlocked) futex.wait(word, waited_for);
  }
  void unlock(Local&) {
    if (word.exchange(unlocked, std::memory_order_release) == waited_for) futex.wake(word);
  }
  bool try_lock(Local&) {
    std::uint32_t expected = unlocked;
    return word.compare_exchange_strong(expected, locked, std::memory_order_acquire, std::memory_order_relaxed);
  }

  static constexpr std::uint32_t unlocked = 0, locked = 1, waited_for = 2;
  Futex::Word word;
  Futex futex;
};
}  // namespace

FAIRGROUND_WORKLOAD(futex_mutex, fairground::kit::Locked<FutexMutex>)
