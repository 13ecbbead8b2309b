// ck-rwlock: the centralised reader-writer lock of Concurrency Kit: a flag for the writer, a counter of readers. It
// prefers writers: no reader comes in once the flag is set, and who wins the flag next is open.
#include "kit/ck.hpp"

extern "C" {
#include <ck_rwlock.h>
}

namespace {
struct CkRwlock : fairground::kit::CkShared<ck_rwlock_t, ck_rwlock_init, ck_rwlock_write_lock, ck_rwlock_write_unlock,
                                            ck_rwlock_read_lock, ck_rwlock_read_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-rwlock",
      .group = "reader-writer",
      .summary = "Concurrency Kit's reader-writer lock: a writer's flag and a count of readers, writers first",
      .processes = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_rwlock, fairground::kit::Locked<CkRwlock>)
