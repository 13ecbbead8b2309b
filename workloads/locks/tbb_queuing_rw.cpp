// tbb-queuing-rw: oneTBB's queuing_rw_mutex. One queue for readers and writers; readers next to each other go in
// together. The node is the worker's own, on its heap, so it does not work across processes.
#include <tbb/queuing_rw_mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbQueuingRw {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-queuing-rw",
      .group = "reader-writer",
      .summary = "oneTBB's queuing_rw_mutex: one queue for readers and writers, first come, first served",
      .fifo = true,
  };
  struct Local {
    tbb::queuing_rw_mutex::scoped_lock node;
  };
  void lock(Local& local) { enter(local, true); }
  void lock_shared(Local& local) { enter(local, false); }
  bool try_lock(Local& local) { return try_enter(local, true); }
  bool try_lock_shared(Local& local) { return try_enter(local, false); }
  void unlock(Local& local) {
    fairground::kit::tsan_release(&mutex);  // the library is not instrumented
    local.node.release();
  }
  void unlock_shared(Local& local) { unlock(local); }

  void enter(Local& local, bool to_write) {
    local.node.acquire(mutex, to_write);
    fairground::kit::tsan_acquire(&mutex);
  }
  bool try_enter(Local& local, bool to_write) {
    if (!local.node.try_acquire(mutex, to_write)) return false;
    fairground::kit::tsan_acquire(&mutex);
    return true;
  }

  tbb::queuing_rw_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_queuing_rw, fairground::kit::Locked<TbbQueuingRw>)
