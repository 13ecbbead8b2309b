// How a worker takes a lock, or a permit, and gives it back: waiting, trying or for a time, to write or to read.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>

#include "kit/lock_traits.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct Manner {
  bool attempt = false;         // with try_lock
  std::int64_t timeout_ns = 0;  // with lock_for; 0: wait as long as it takes
};

// [worker] Is it taken? Yes, where one waits as long as it takes.
template <class L>
bool take(L& lock, typename L::Local& local, [[maybe_unused]] fg_access access, [[maybe_unused]] const Manner& how) {
  if constexpr (HasTry<L>) {
    if (how.attempt) {
      if constexpr (HasShared<L>)
        if (access == FG_READ) return lock.try_lock_shared(local);
      return lock.try_lock(local);
    }
  }
  if constexpr (HasTimed<L>) {
    if (how.timeout_ns > 0) {
      if constexpr (HasShared<L>)
        if (access == FG_READ) return lock.lock_shared_for(local, how.timeout_ns);
      return lock.lock_for(local, how.timeout_ns);
    }
  }
  if constexpr (HasShared<L>) {
    if (access == FG_READ) {
      lock.lock_shared(local);
      return true;
    }
  }
  lock.lock(local);
  return true;
}

// [worker] Ask for r until `attempt` says that it is taken, each time anew.
template <class F>
void insist(Worker w, fg_resource& r, fg_access access, Tally& mine, F&& attempt) {
  w.wait(r, access);
  while (!attempt()) {
    ++mine.given_up;
    w.gave_up(r, access);
    relax();
    w.wait(r, access);
  }
}

// [worker]
template <class L>
void give_back(L& lock, typename L::Local& local, [[maybe_unused]] fg_access access) {
  if constexpr (HasShared<L>)
    if (access == FG_READ) return lock.unlock_shared(local);
  lock.unlock(local);
}

}  // namespace fairground::kit
