// ck-tflock: the task-fair ticket lock (J. Mellor-Crummey and M. Scott, "Scalable Reader-Writer Synchronization for
// Shared-Memory Multiprocessors", PPoPP 1991) of Concurrency Kit. All in order of arrival; readers that arrive one
// after the other are inside together.
#include "kit/ck.hpp"

extern "C" {
#include <ck_tflock.h>
}

namespace {
struct CkTflock : fairground::kit::CkShared<ck_tflock_ticket_t, ck_tflock_ticket_init, ck_tflock_ticket_write_lock,
                                            ck_tflock_ticket_write_unlock, ck_tflock_ticket_read_lock,
                                            ck_tflock_ticket_read_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-tflock",
      .group = "reader-writer",
      .summary = "Concurrency Kit's task-fair ticket lock: first come, first served, neighbouring readers together",
      .fifo = true,
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_tflock, fairground::kit::Locked<CkTflock>)
