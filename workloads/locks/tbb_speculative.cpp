// tbb-speculative: oneTBB's speculative_spin_mutex. Where the CPU has restricted transactional memory (RTM, part of
// Intel's TSX), sections run side by side as transactions, and only those that touch the same lines run again, one by
// one. Elsewhere it is a spin_mutex on lines of its own: `transactional_locks` tells which it was. Here every section
// touches the same words, so transactions are of no help; with many locks of one choice they aren't in the way either.
#include <tbb/spin_mutex.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "kit/lock.hpp"

namespace {
// What the library asks, too: CPUID leaf 7, EBX bit 11 (RTM) and not EDX bit 11 (RTM_ALWAYS_ABORT).
bool has_transactions() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 11 & 1) != 0 && (d >> 11 & 1) == 0;
#else
  return false;
#endif
}

struct TbbSpeculative {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-speculative",
      .group = "spin",
      .summary = "oneTBB's speculative_spin_mutex: sections as hardware transactions; without TSX a plain spin_mutex",
      .processes = true,
  };
  static constexpr fairground::Counter counters[] = {
      {"transactional_locks", "locks that try hardware transactions first; 0: this CPU has none, and they only spin"},
  };
  using Mutex = tbb::speculative_spin_mutex;
  struct Local {
    Mutex::scoped_lock scope;
  };
  void lock(Local& local) {
    local.scope.acquire(mutex);
    fairground::kit::tsan_acquire(&mutex);  // the library is not instrumented
  }
  void unlock(Local& local) {
    fairground::kit::tsan_release(&mutex);
    local.scope.release();
  }
  bool try_lock(Local& local) {
    if (!local.scope.try_acquire(mutex)) return false;
    fairground::kit::tsan_acquire(&mutex);
    return true;
  }
  [[nodiscard]] double counter(std::size_t) const { return has_transactions() ? 1.0 : 0.0; }

  Mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_speculative, fairground::kit::Locked<TbbSpeculative>)
