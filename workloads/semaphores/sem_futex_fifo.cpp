// sem-futex-fifo: a semaphore that serves in order of arrival. Whoever comes draws a ticket and is let in once so many
// permits have been given; a release gives one more (eventcount and sequencer: D. Reed and R. Kanodia, CACM 1979).
// Nobody can overtake, so that each release mostly has to wait for a sleeper to wake up. All sleep on one word, told
// apart by their ticket modulo 32.
#include "kit/futex.hpp"
#include "kit/semaphore.hpp"

namespace {
using namespace fairground::kit;

struct FutexFifo {
  static constexpr SemaphoreInfo info{
      .id = "sem-futex-fifo",
      .summary = "tickets whose holders sleep: permits go to who came first, who may have to be woken for it",
      .fifo = true,
      .processes = true,
  };
  void init(const SemaphoreStart& start) {
    futex.setup(start.as_processes);
    given.store(start.permits);
  }
  void acquire() {
    const std::uint32_t mine = next.fetch_add(1);
    for (std::uint32_t now = given.load(); !covers(now, mine); now = given.load()) futex.wait(given, now, bit(mine));
  }
  // Without a ticket, which could not be given back: only where nobody waits.
  bool acquire_within(std::int64_t ns) {
    for (const std::int64_t until = monotonic_ns() + ns;;) {
      std::uint32_t mine = next.load();
      while (covers(given.load(), mine))
        if (next.compare_exchange_weak(mine, mine + 1)) return true;
      if (monotonic_ns() >= until) return false;
      relax();
    }
  }
  void release() {
    const std::uint32_t served = given.fetch_add(1);
    // Both orders are sequentially consistent: whoever is not seen here sees what was given above and doesn't sleep.
    if (static_cast<std::int32_t>(next.load() - served) > 0) futex.wake(given, INT_MAX, bit(served));
  }
  void destroy() {}

  static bool covers(std::uint32_t given, std::uint32_t ticket) {
    return static_cast<std::int32_t>(given - ticket) > 0;
  }
  static std::uint32_t bit(std::uint32_t ticket) { return 1u << ticket % 32; }

  Futex::Word next, given;
  Futex futex;
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_futex_fifo, Permitted<FutexFifo>)
