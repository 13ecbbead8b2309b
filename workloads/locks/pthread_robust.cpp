// pthread-robust: the pthread mutex that survives its holder. It is kept in a list that the kernel walks when a thread
// dies; what the next holder is then told, the workload `ownership` shows.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadRobust : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-robust",
      .group = "blocking",
      .summary = "pthread mutex that tells the next holder when one has died with it",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create({.robust = PTHREAD_MUTEX_ROBUST, .processes = as_processes});
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_robust, fairground::kit::Locked<PthreadRobust>)
