// ck-pflock: the phase-fair lock (B. Brandenburg and J. Anderson, "Spin-Based Reader-Writer Synchronization for
// Multiprocessor Real-Time Systems", Real-Time Systems 46, 2010) of Concurrency Kit. Phases of reading and of writing
// take turns: a writer waits for one phase of readers, a reader for one writer. Writers among themselves are served
// in order.
#include "kit/ck.hpp"

extern "C" {
#include <ck_pflock.h>
}

namespace {
struct CkPflock : fairground::kit::CkShared<ck_pflock_t, ck_pflock_init, ck_pflock_write_lock, ck_pflock_write_unlock,
                                            ck_pflock_read_lock, ck_pflock_read_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-pflock",
      .group = "reader-writer",
      .summary =
          "Concurrency Kit's phase-fair lock: readers and writers take turns, neither waits for more than one phase",
      .fair = true,
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_pflock, fairground::kit::Locked<CkPflock>)
