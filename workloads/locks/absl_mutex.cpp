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
  void lock(Local&) { mutex.Lock(); }
  void unlock(Local&) { mutex.Unlock(); }
  bool try_lock(Local&) { return mutex.TryLock(); }
  void lock_shared(Local&) { mutex.ReaderLock(); }
  void unlock_shared(Local&) { mutex.ReaderUnlock(); }
  bool try_lock_shared(Local&) { return mutex.ReaderTryLock(); }

  absl::Mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(absl_mutex, fairground::kit::Locked<AbslMutex>)
