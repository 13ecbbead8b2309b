// recursive-mutex: std::recursive_mutex, the pthread mutex that counts how often its owner has locked it; here, once.
#include <mutex>

#include "kit/lockable.hpp"

namespace {
struct RecursiveMutex : fairground::kit::Lockable<std::recursive_mutex> {
  static constexpr fairground::kit::LockInfo info{
      .id = "recursive-mutex",
      .group = "blocking",
      .summary = "std::recursive_mutex: knows its owner, who may lock it again; here it is locked once",
      .blocks = true,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(recursive_mutex, fairground::kit::Locked<RecursiveMutex>)
