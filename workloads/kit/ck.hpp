// Concurrency Kit's locks that are a type and a handful of functions. Their atomics are inline assembly, of which
// ThreadSanitizer is told here.
//
//   struct CkFas : fairground::kit::CkSpin<ck_spinlock_fas_t, ck_spinlock_fas_init, ck_spinlock_fas_lock,
//                                          ck_spinlock_fas_trylock, ck_spinlock_fas_unlock> {
//     static constexpr fairground::kit::LockInfo info{...};
//   };
#pragma once

#include "kit/lock.hpp"
#include "kit/tsan.h"

namespace fairground::kit {

template <class T, auto Init, auto Lock, auto TryLock, auto Unlock>
struct CkSpin {
  struct Local {};
  CkSpin() { Init(&ck); }
  void lock(Local&) {
    Lock(&ck);
    kit_tsan_acquire(&ck);
  }
  bool try_lock(Local&) {
    if (!TryLock(&ck)) return false;
    kit_tsan_acquire(&ck);
    return true;
  }
  void unlock(Local&) {
    kit_tsan_release(&ck);
    Unlock(&ck);
  }
  T ck;
};

template <class T, auto Init, auto Lock, auto Unlock, auto LockShared, auto UnlockShared>
struct CkShared {
  struct Local {};
  CkShared() { Init(&ck); }
  void lock(Local&) {
    Lock(&ck);
    kit_tsan_acquire(&ck);
  }
  void unlock(Local&) {
    kit_tsan_release(&ck);
    Unlock(&ck);
  }
  void lock_shared(Local&) {
    LockShared(&ck);
    kit_tsan_acquire(&ck);
  }
  void unlock_shared(Local&) {
    kit_tsan_release(&ck);
    UnlockShared(&ck);
  }
  T ck;
};

}  // namespace fairground::kit
