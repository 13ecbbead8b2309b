// Locks that are called as the standard's mutexes are, for lock.hpp: a lock inherits from one of these and adds `info`.
#pragma once

#include "kit/lock.hpp"

namespace fairground::kit {

// M has lock, unlock and try_lock.
template <class M>
struct Lockable {
  struct Local {};
  void lock(Local&) { mutex.lock(); }
  void unlock(Local&) { mutex.unlock(); }
  bool try_lock(Local&) { return mutex.try_lock(); }

  M mutex;
};

// And the same for readers.
template <class M>
struct SharedLockable : Lockable<M> {
  using typename Lockable<M>::Local;
  void lock_shared(Local&) { this->mutex.lock_shared(); }
  void unlock_shared(Local&) { this->mutex.unlock_shared(); }
  bool try_lock_shared(Local&) { return this->mutex.try_lock_shared(); }
};

}  // namespace fairground::kit
