// pthread-prio-inherit: the pthread mutex with priority inheritance. Once there are waiters, the kernel hands it to the
// first of them by priority, asleep or not: a convoy, and no barging.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadPrioInherit : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-prio-inherit",
      .group = "blocking",
      .summary = "pthread mutex whose holder inherits its waiters' priority; the kernel hands it over",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create({.protocol = PTHREAD_PRIO_INHERIT, .processes = as_processes});
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_prio_inherit, fairground::kit::Locked<PthreadPrioInherit>)
