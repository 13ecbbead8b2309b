// barrier-posix: pthread_barrier_t. Waiters sleep in the kernel.
#include <pthread.h>

#include "kit/descriptor.hpp"
#include "kit/meeting.hpp"

namespace {
struct Posix {
  static constexpr fairground::kit::MeetingInfo info{
      .id = "barrier-posix",
      .summary = "pthread_barrier_t: waiters sleep in the kernel",
      .blocks = true,
      .processes = true,
  };
  struct Local {};
  ~Posix() {
    if (made) pthread_barrier_destroy(&barrier);
  }
  void init(fairground::Host host, bool as_processes) {
    pthread_barrierattr_t kind;
    pthread_barrierattr_init(&kind);
    pthread_barrierattr_setpshared(&kind, as_processes ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
    const int error = pthread_barrier_init(&barrier, &kind, host.workers());
    pthread_barrierattr_destroy(&kind);
    if (error != 0) fairground::kit::throw_errno(error, "pthread_barrier_init");
    made = true;
  }
  void meet(Local&, std::uint32_t) { pthread_barrier_wait(&barrier); }

  pthread_barrier_t barrier;
  bool made = false;
};
}  // namespace

FAIRGROUND_WORKLOAD(barrier_posix, fairground::kit::Met<Posix>)
