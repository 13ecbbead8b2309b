// pthread-errorcheck: the pthread mutex that checks its owner at each call, which costs a look at the thread's number.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadErrorcheck : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-errorcheck",
      .group = "blocking",
      .summary = "pthread mutex that knows its owner, and refuses to be locked twice or unlocked by another",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) {
    create({.type = PTHREAD_MUTEX_ERRORCHECK, .processes = as_processes});
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_errorcheck, fairground::kit::Locked<PthreadErrorcheck>)
