// ck-brlock: the big-reader lock of Concurrency Kit. Each reader has a flag on a line of its own, so that readers don't
// disturb each other; a writer looks at all of them. Who wins the writer's flag is open, and no reader comes in while
// it is set.
#include "kit/lock.hpp"
#include "kit/tsan.h"

extern "C" {
#include <ck_brlock.h>
}

namespace {
struct CkBrlock {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-brlock",
      .group = "reader-writer",
      .summary = "Concurrency Kit's big-reader lock: a flag per reader, and a writer looks at all of them",
      .processes = true,
  };
  struct Local {
    std::uint32_t index = 0;
  };
  struct alignas(fairground::kit::line) Reader {
    ck_brlock_reader_t ck;
  };

  void init(fairground::Host host, bool) {
    ck_brlock_init(&ck);
    readers = host.shared<Reader>(host.workers());
  }
  void join(Local& local, fairground::Worker w) {
    local.index = w.index();
    kit_tsan_ignore_begin();  // the list of readers is guarded by inline assembly
    ck_brlock_read_register(&ck, &readers[local.index].ck);
    kit_tsan_ignore_end();
  }
  void leave(Local& local) {
    kit_tsan_ignore_begin();
    ck_brlock_read_unregister(&ck, &readers[local.index].ck);
    kit_tsan_ignore_end();
  }

  void lock(Local&) {
    kit_tsan_ignore_begin();
    ck_brlock_write_lock(&ck);
    kit_tsan_ignore_end();
    kit_tsan_acquire(&ck);
  }
  void unlock(Local&) {
    kit_tsan_release(&ck);
    ck_brlock_write_unlock(&ck);
  }
  void lock_shared(Local& local) {
    ck_brlock_read_lock(&ck, &readers[local.index].ck);
    kit_tsan_acquire(&ck);
  }
  void unlock_shared(Local& local) {
    kit_tsan_release(&ck);
    ck_brlock_read_unlock(&readers[local.index].ck);
  }

  ck_brlock_t ck;
  Reader* readers = nullptr;
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_brlock, fairground::kit::Locked<CkBrlock>)
