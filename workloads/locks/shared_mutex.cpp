// shared-mutex: std::shared_mutex. In libstdc++ it is the pthread reader-writer lock of the default kind, which prefers
// readers; the standard leaves open who goes first.
#include <shared_mutex>

#include "kit/lock.hpp"

namespace {
struct SharedMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "shared-mutex",
      .group = "reader-writer",
      .summary = "std::shared_mutex: readers share it, and in libstdc++ overtake waiting writers",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }
  void lock_shared(Local&) { mutex.lock_shared(); }
  void unlock_shared(Local&) { mutex.unlock_shared(); }
  bool try_lock_shared(Local&) { return mutex.try_lock_shared(); }

  std::shared_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(shared_mutex, fairground::kit::Locked<SharedMutex>)
