// Primitives that have an owner, and one that has none, made for processes to share; and who else may touch them. Every
// call answers with an errno, 0 being success, and is never expected to be anything else here.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <thread>

#include "kit/descriptor.hpp"

namespace fairground::kit {

class Owned {
 public:
  enum Primitive : std::int64_t { normal, errorcheck, recursive, robust, semaphore };

  // [any, nobody else is using it] A new one, free, whatever was there before.
  void create(Primitive p) {
    primitive_ = p;
    if (p == semaphore) {
      if (sem_init(&semaphore_, 1, 1) != 0) throw_errno(errno, "sem_init");
      return;
    }
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, p == errorcheck  ? PTHREAD_MUTEX_ERRORCHECK
                                     : p == recursive ? PTHREAD_MUTEX_RECURSIVE
                                                      : PTHREAD_MUTEX_NORMAL);
    pthread_mutexattr_setrobust(&kind, p == robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    const int answer = pthread_mutex_init(&mutex_, &kind);
    pthread_mutexattr_destroy(&kind);
    if (answer != 0) throw_errno(answer, "pthread_mutex_init");
  }

  // [any] lock, or wait.
  int take() { return primitive_ == semaphore ? of(sem_wait(&semaphore_)) : pthread_mutex_lock(&mutex_); }
  int try_take() { return primitive_ == semaphore ? of(sem_trywait(&semaphore_)) : pthread_mutex_trylock(&mutex_); }
  // Within 0.1 ms.
  int take_soon() {
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100'000;
    if (until.tv_nsec >= 1'000'000'000) ++until.tv_sec, until.tv_nsec -= 1'000'000'000;
    return primitive_ == semaphore ? of(sem_timedwait(&semaphore_, &until)) : pthread_mutex_timedlock(&mutex_, &until);
  }
  // [any] unlock, or post.
  int give_back() { return primitive_ == semaphore ? of(sem_post(&semaphore_)) : pthread_mutex_unlock(&mutex_); }
  // [its owner] What it guards is repaired; of a robust mutex alone.
  int repaired() { return pthread_mutex_consistent(&mutex_); }

 private:
  static int of(int result) { return result == 0 ? 0 : errno; }

  Primitive primitive_;
  union {
    pthread_mutex_t mutex_;
    sem_t semaphore_;
  };
};

// What a call answers to another thread, which then ends, whatever it holds.
template <class F>
int by_a_stranger(F&& call) {
  int answer = 0;
  std::thread([&] { answer = call(); }).join();
  return answer;
}

// What a call answers to another process, which then ends likewise. It may do little else: others' threads are not
// there.
template <class F>
int by_another_process(F&& call) {
  const pid_t child = ::fork();
  if (child < 0) throw_errno(errno, "fork");
  if (child == 0) ::_exit(call());  // errno of Linux fits
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw_errno(errno, "waitpid");
  if (!WIFEXITED(status)) throw std::runtime_error("the other process did not end by itself");
  return WEXITSTATUS(status);
}

}  // namespace fairground::kit
