// boost-fiber-mutex: Boost.Fiber's mutex, between threads: each worker is the one fiber of its thread. A fiber that
// waits hands its thread to the scheduler, which, having no other fiber, sleeps until the holder makes this one ready
// again.
#include <boost/fiber/mutex.hpp>

#include "kit/lock.hpp"

namespace {
struct BoostFiberMutex {
  static constexpr fairground::kit::LockInfo info{
      .id = "boost-fiber-mutex",
      .group = "blocking",
      .summary = "Boost.Fiber's mutex between threads of one fiber each: a waiter sleeps in its thread's scheduler",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) {
    mutex.lock();
    fairground::kit::tsan_acquire(&mutex);  // the library is not instrumented
  }
  void unlock(Local&) {
    fairground::kit::tsan_release(&mutex);
    mutex.unlock();
  }
  bool try_lock(Local&) {
    if (!mutex.try_lock()) return false;
    fairground::kit::tsan_acquire(&mutex);
    return true;
  }

  boost::fibers::mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(boost_fiber_mutex, fairground::kit::Locked<BoostFiberMutex>)
