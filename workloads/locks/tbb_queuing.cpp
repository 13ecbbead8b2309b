// tbb-queuing: oneTBB's queuing_mutex (an MCS lock). First come, first served, each waiter spinning on its own node.
// The node is the worker's own, on its heap, so it does not work across processes.
#include <tbb/queuing_mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbQueuing {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-queuing",
      .group = "queue",
      .summary = "oneTBB's queuing_mutex: a queue of nodes, each waiter spins on its own, first come, first served",
      .fifo = true,
  };
  struct Local {
    tbb::queuing_mutex::scoped_lock node;
  };
  void lock(Local& local) { local.node.acquire(mutex); }
  void unlock(Local& local) { local.node.release(); }
  bool try_lock(Local& local) { return local.node.try_acquire(mutex); }

  tbb::queuing_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_queuing, fairground::kit::Locked<TbbQueuing>)
