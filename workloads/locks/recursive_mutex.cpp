// recursive-mutex: std::recursive_mutex, the pthread mutex that counts how often its owner has locked it; here, once.
#include <mutex>

#include "kit/lock.hpp"

namespace {
struct RecursiveMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "recursive-mutex",
      .group = "blocking",
      .summary = "std::recursive_mutex: knows its owner, who may lock it again; here it is locked once",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }

  std::recursive_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(recursive_mutex, fairground::kit::Locked<RecursiveMutex>)
