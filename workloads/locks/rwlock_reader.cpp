// rwlock-reader: the pthread reader-writer lock as it is by default. Readers go in as long as others are in, so that
// overlapping readers starve a writer for as long as they overlap.
#include "kit/lock.hpp"
#include "kit/pthread_lock.hpp"

namespace {
struct RwlockReader : fairground::kit::PthreadRwlock {
  static constexpr fairground::kit::LockInfo info{
      .id = "rwlock-reader",
      .group = "reader-writer",
      .summary = "pthread rwlock, default kind: readers overtake waiting writers",
      .blocks = true,
      .processes = true,
  };
  void init(fairground::Host, bool as_processes) { create(PTHREAD_RWLOCK_PREFER_READER_NP, as_processes); }
};
}  // namespace

FAIRGROUND_WORKLOAD(rwlock_reader, fairground::kit::Locked<RwlockReader>)
