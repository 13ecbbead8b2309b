// pthread-recursive: the pthread mutex that counts how often its owner has locked it; here, once.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadRecursive : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-recursive",
      .group = "blocking",
      .summary = "pthread mutex that its owner may lock again; here it is locked once",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create({.type = PTHREAD_MUTEX_RECURSIVE, .processes = as_processes});
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_recursive, fairground::kit::Locked<PthreadRecursive>)
