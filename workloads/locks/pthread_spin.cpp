// pthread-spin: pthread_spinlock_t. Its manual page warns that with ordinary scheduling it probably is a mistake: a
// holder without its unit keeps all others spinning.
#include <pthread.h>

#include "kit/descriptor.hpp"
#include "kit/lock.hpp"

namespace {
struct PthreadSpin {
  static constexpr fairground::kit::LockInfo info{
      .id = "pthread-spin",
      .group = "spin",
      .summary = "pthread spin lock: spins on one word, no queue, no sleep",
      .processes = true,
  };
  struct Local {};
  void init(fairground::Host, bool as_processes) {
    const int answer = pthread_spin_init(&spin, as_processes ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
    if (answer != 0) fairground::kit::throw_errno(answer, "pthread_spin_init");
  }
  void lock(Local&) { pthread_spin_lock(&spin); }
  void unlock(Local&) { pthread_spin_unlock(&spin); }
  bool try_lock(Local&) { return pthread_spin_trylock(&spin) == 0; }

  pthread_spinlock_t spin;
};
}  // namespace

FAIRGROUND_WORKLOAD(pthread_spin, fairground::kit::Locked<PthreadSpin>)
