// pthread-adaptive: glibc's mutex that spins before it sleeps, for as long as spinning has paid off of late (at most
// 100 rounds, glibc.pthread.mutex_spin_count).
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadAdaptive : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-adaptive",
      .group = "blocking",
      .summary = "pthread mutex that spins a while before it sleeps",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create({.type = PTHREAD_MUTEX_ADAPTIVE_NP, .processes = as_processes});
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_adaptive, fairground::kit::Locked<PthreadAdaptive>)
