// shared-mutex: std::shared_mutex. In libstdc++ it is the pthread reader-writer lock of the default kind, which prefers
// readers; the standard leaves open who goes first.
#include <shared_mutex>

#include "kit/lockable.hpp"

namespace {
struct SharedMutex : fairground::kit::SharedLockable<std::shared_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "shared-mutex",
      .group = "reader-writer",
      .summary = "std::shared_mutex: readers share it, and in libstdc++ overtake waiting writers",
      .blocks = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(shared_mutex, fairground::kit::Locked<SharedMutex>)
