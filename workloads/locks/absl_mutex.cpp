// absl-mutex: Abseil's Mutex, with readers. Waiters are kept in a queue of its own, spin a little and then sleep. Its
// authors promise that it is approximately fair over long periods, no more.
#include <absl/synchronization/mutex.h>

#include "kit/lock.hpp"

namespace {
struct AbslMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "absl-mutex",
      .group = "reader-writer",
      .summary = "absl::Mutex: for readers and writers, in a queue, spins a little and then sleeps",
      .blocks = true,
  };
  struct Local {};
  // clang's analysis would have each function leave the mutex as it found it; ThreadSanitizer can't see into the
  // library.
  void lock(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex.Lock();
    fairground::kit::tsan_acquire(&mutex);
  }
  void unlock(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    fairground::kit::tsan_release(&mutex);
    mutex.Unlock();
  }
  bool try_lock(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (!mutex.TryLock()) return false;
    fairground::kit::tsan_acquire(&mutex);
    return true;
  }
  void lock_shared(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    mutex.ReaderLock();
    fairground::kit::tsan_acquire(&mutex);
  }
  void unlock_shared(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    fairground::kit::tsan_release(&mutex);
    mutex.ReaderUnlock();
  }
  bool try_lock_shared(Local&) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (!mutex.ReaderTryLock()) return false;
    fairground::kit::tsan_acquire(&mutex);
    return true;
  }

  absl::Mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(absl_mutex, fairground::kit::Locked<AbslMutex>)
