// What primitives promise to whoever uses them as if nobody owned them: POSIX.1-2017 (pthread_mutex_lock, sem_post),
// and glibc for what happens to a mutex that isn't robust when its owner has ended: nothing. What POSIX leaves
// undefined is not asked.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>
#include <fairground/workload.hpp>
#include <iterator>

#include "kit/owned.hpp"

namespace fairground::kit {

enum Act : std::int64_t { stranger, relock, death, process, process_death, abandon };

struct Promise {
  Owned::Primitive primitive;
  Act act;
  int answer;       // an errno; 0: success
  const char* key;  // of the counter
};

inline constexpr Promise promises[] = {
    {Owned::normal, relock, ETIMEDOUT, "normal_relock"},
    {Owned::normal, death, EBUSY, "normal_death"},
    {Owned::normal, process_death, EBUSY, "normal_process_death"},
    {Owned::errorcheck, stranger, EPERM, "errorcheck_stranger"},
    {Owned::errorcheck, relock, EDEADLK, "errorcheck_relock"},
    {Owned::errorcheck, death, EBUSY, "errorcheck_death"},
    {Owned::errorcheck, process, EPERM, "errorcheck_process"},
    {Owned::errorcheck, process_death, EBUSY, "errorcheck_process_death"},
    {Owned::recursive, stranger, EPERM, "recursive_stranger"},
    {Owned::recursive, relock, 0, "recursive_relock"},
    {Owned::recursive, death, EBUSY, "recursive_death"},
    {Owned::recursive, process, EPERM, "recursive_process"},
    {Owned::recursive, process_death, EBUSY, "recursive_process_death"},
    {Owned::robust, stranger, EPERM, "robust_stranger"},
    {Owned::robust, relock, ETIMEDOUT, "robust_relock"},
    {Owned::robust, death, EOWNERDEAD, "robust_death"},
    {Owned::robust, process, EPERM, "robust_process"},
    {Owned::robust, process_death, EOWNERDEAD, "robust_process_death"},
    {Owned::robust, abandon, ENOTRECOVERABLE, "robust_abandon"},
    {Owned::semaphore, stranger, 0, "semaphore_stranger"},
    {Owned::semaphore, relock, ETIMEDOUT, "semaphore_relock"},
    {Owned::semaphore, death, EAGAIN, "semaphore_death"},
    {Owned::semaphore, process, 0, "semaphore_process"},
    {Owned::semaphore, process_death, EAGAIN, "semaphore_process_death"},
};
inline constexpr std::size_t promise_count = std::size(promises);

// One counter a promise: what was answered.
inline constexpr std::array<Counter, promise_count> answer_counters = [] {
  constexpr const char* help[] = {
      "errno of giving it back from another thread (0: it did; here and below -1: not asked)",
      "errno of taking it a second time, within 0.1 ms",
      "errno of the next try after the thread that held it has ended",
      "errno of giving it back from another process",
      "errno of the next try after the process that held it has ended",
      "errno of the next try after its owner died and its heir gave it back without repairing what it guards",
  };
  std::array<Counter, promise_count> all{};
  for (std::size_t i = 0; i < promise_count; ++i) all[i] = {promises[i].key, help[promises[i].act]};
  return all;
}();

}  // namespace fairground::kit
