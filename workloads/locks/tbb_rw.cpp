// tbb-rw: oneTBB's rw_mutex. As spin_rw_mutex, but who waits long sleeps in the library's table of waiting threads.
#include <oneapi/tbb/rw_mutex.h>

#include "kit/lock.hpp"

namespace {
struct TbbRw {
  static constexpr fairground::kit::LockInfo info{
      .id = "tbb-rw",
      .group = "reader-writer",
      .summary = "oneTBB's rw_mutex: one word, spins and then sleeps, a waiting writer stops new readers",
      .blocks = true,
  };
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }
  void lock_shared(Local&) { mutex.lock_shared(); }
  void unlock_shared(Local&) { mutex.unlock_shared(); }
  bool try_lock_shared(Local&) { return mutex.try_lock_shared(); }

  tbb::rw_mutex mutex;
};
}  // namespace

FAIRGROUND_WORKLOAD(tbb_rw, fairground::kit::Locked<TbbRw>)
