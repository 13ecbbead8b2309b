// pthread mutexes and reader-writer locks of every kind, for lock.hpp: a lock inherits from one of these and says in
// `init` what kind it is. What a call answers is looked at, as a careful caller does.
#pragma once

#include <pthread.h>

#include <cerrno>
#include <cstdint>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "kit/timespec.hpp"

namespace fairground::kit {

// The answer must be 0.
inline void expect_zero(int answer, const char* call) {
  if (answer != 0) throw_errno(answer, call);
}

// Waits with a deadline. ThreadSanitizer doesn't know of the monotonic ones; it gets the older, whose deadline moves
// when the clock is set.
#ifdef FAIRGROUND_TSAN
inline constexpr clockid_t waiting_clock = CLOCK_REALTIME;
#else
inline constexpr clockid_t waiting_clock = CLOCK_MONOTONIC;
#endif
inline timespec deadline_in(std::int64_t ns) { return timespec_in(waiting_clock, ns); }
// Was it taken in time?
inline bool in_time(int answer, const char* call) {
  if (answer == ETIMEDOUT) return false;
  expect_zero(answer, call);
  return true;
}

class PthreadMutex {
 public:
  struct Kind {
    int type = PTHREAD_MUTEX_DEFAULT;
    int protocol = PTHREAD_PRIO_NONE;
    int ceiling = 0;  // with PTHREAD_PRIO_PROTECT
    int robust = PTHREAD_MUTEX_STALLED;
    bool processes = false;
  };
  struct Local {};

  PthreadMutex() = default;
  PthreadMutex(const PthreadMutex&) = delete;
  PthreadMutex& operator=(const PthreadMutex&) = delete;

  // [control] Once. `unsupported` where the system has no such kind.
  void create(const Kind& kind) {
    pthread_mutexattr_t attributes;
    expect_zero(pthread_mutexattr_init(&attributes), "pthread_mutexattr_init");
    expect_zero(pthread_mutexattr_settype(&attributes, kind.type), "pthread_mutexattr_settype");
    expect_zero(pthread_mutexattr_setprotocol(&attributes, kind.protocol), "pthread_mutexattr_setprotocol");
    if (kind.protocol == PTHREAD_PRIO_PROTECT)
      expect_zero(pthread_mutexattr_setprioceiling(&attributes, kind.ceiling), "pthread_mutexattr_setprioceiling");
    expect_zero(pthread_mutexattr_setrobust(&attributes, kind.robust), "pthread_mutexattr_setrobust");
    if (kind.processes)
      expect_zero(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "pthread_mutexattr_setpshared");
    const int answer = pthread_mutex_init(&mutex_, &attributes);
    pthread_mutexattr_destroy(&attributes);
    if (answer == ENOTSUP) throw unsupported("this system has no pthread mutex of that kind");
    expect_zero(answer, "pthread_mutex_init");
  }

  void lock(Local&) { expect_zero(pthread_mutex_lock(&mutex_), "pthread_mutex_lock"); }
  void unlock(Local&) { expect_zero(pthread_mutex_unlock(&mutex_), "pthread_mutex_unlock"); }
  // Locks it; false: a priority ceiling is more than this thread is permitted.
  bool may_lock() {
    const int answer = pthread_mutex_lock(&mutex_);
    if (answer == EPERM) return false;
    expect_zero(answer, "pthread_mutex_lock");
    return true;
  }
  bool try_lock(Local&) {
    const int answer = pthread_mutex_trylock(&mutex_);
    if (answer == EBUSY) return false;
    expect_zero(answer, "pthread_mutex_trylock");
    return true;
  }
  bool lock_for(Local&, std::int64_t ns) {
    const timespec until = deadline_in(ns);
#ifdef FAIRGROUND_TSAN
    return in_time(pthread_mutex_timedlock(&mutex_, &until), "pthread_mutex_timedlock");
#else
    return in_time(pthread_mutex_clocklock(&mutex_, waiting_clock, &until), "pthread_mutex_clocklock");
#endif
  }

 private:
  pthread_mutex_t mutex_;
};

class PthreadRwlock {
 public:
  struct Local {};

  PthreadRwlock() = default;
  PthreadRwlock(const PthreadRwlock&) = delete;
  PthreadRwlock& operator=(const PthreadRwlock&) = delete;

  // [control] Once. kind: PTHREAD_RWLOCK_PREFER_READER_NP and its like.
  void create(int kind, bool processes) {
    pthread_rwlockattr_t attributes;
    expect_zero(pthread_rwlockattr_init(&attributes), "pthread_rwlockattr_init");
    expect_zero(pthread_rwlockattr_setkind_np(&attributes, kind), "pthread_rwlockattr_setkind_np");
    if (processes)
      expect_zero(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "pthread_rwlockattr_setpshared");
    expect_zero(pthread_rwlock_init(&rwlock_, &attributes), "pthread_rwlock_init");
    pthread_rwlockattr_destroy(&attributes);
  }

  void lock(Local&) { expect_zero(pthread_rwlock_wrlock(&rwlock_), "pthread_rwlock_wrlock"); }
  void unlock(Local&) { expect_zero(pthread_rwlock_unlock(&rwlock_), "pthread_rwlock_unlock"); }
  bool try_lock(Local&) { return pthread_rwlock_trywrlock(&rwlock_) == 0; }
  void lock_shared(Local&) { expect_zero(pthread_rwlock_rdlock(&rwlock_), "pthread_rwlock_rdlock"); }
  void unlock_shared(Local& local) { unlock(local); }
  bool try_lock_shared(Local&) { return pthread_rwlock_tryrdlock(&rwlock_) == 0; }
#ifdef FAIRGROUND_TSAN
  bool lock_for(Local&, std::int64_t ns) {
    const timespec until = deadline_in(ns);
    return in_time(pthread_rwlock_timedwrlock(&rwlock_, &until), "pthread_rwlock_timedwrlock");
  }
  bool lock_shared_for(Local&, std::int64_t ns) {
    const timespec until = deadline_in(ns);
    return in_time(pthread_rwlock_timedrdlock(&rwlock_, &until), "pthread_rwlock_timedrdlock");
  }
#else
  bool lock_for(Local&, std::int64_t ns) {
    const timespec until = deadline_in(ns);
    return in_time(pthread_rwlock_clockwrlock(&rwlock_, waiting_clock, &until), "pthread_rwlock_clockwrlock");
  }
  bool lock_shared_for(Local&, std::int64_t ns) {
    const timespec until = deadline_in(ns);
    return in_time(pthread_rwlock_clockrdlock(&rwlock_, waiting_clock, &until), "pthread_rwlock_clockrdlock");
  }
#endif

 private:
  pthread_rwlock_t rwlock_;
};

}  // namespace fairground::kit
