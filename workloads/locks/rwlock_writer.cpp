// rwlock-writer: glibc's pthread reader-writer lock that prefers writers. A waiting writer stops new readers, and
// writers hand over to writers, which may starve readers. (PTHREAD_RWLOCK_PREFER_WRITER_NP does less: glibc's readers
// may lock recursively there.)
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct RwlockWriter : fairground::kit::PthreadRwlock {
  static constexpr fairground::kit::LockInfo info{
      .id = "rwlock-writer",
      .group = "reader-writer",
      .summary = "pthread rwlock, PREFER_WRITER_NONRECURSIVE: a waiting writer stops new readers",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) { create(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, as_processes); }
};
}  // namespace

FAIRGROUND_WORKLOAD(rwlock_writer, fairground::kit::Locked<RwlockWriter>)
