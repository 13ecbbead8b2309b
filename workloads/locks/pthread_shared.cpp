// pthread-shared: the plain pthread mutex as processes share it, between threads too: its futex calls name the page
// rather than the address, which costs the kernel a look-up.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct PthreadShared : fairground::kit::PthreadMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-shared",
      .group = "blocking",
      .summary = "plain pthread mutex that processes may share, between threads too",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool) { create({.processes = true}); }
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_shared, fairground::kit::Locked<PthreadShared>)
