// A semaphore of the C++ library, counting or binary.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <semaphore>

#include "kit/semaphore.hpp"

namespace fairground::kit {

template <class Semaphore>
struct StdSemaphore {
  void init(const SemaphoreStart& start) { ::new (static_cast<void*>(memory)) Semaphore(start.permits); }
  void acquire() { get().acquire(); }
  bool acquire_within(std::int64_t ns) {
    return ns == 0 ? get().try_acquire() : get().try_acquire_for(std::chrono::nanoseconds(ns));
  }
  void release() { get().release(); }
  // libstdc++ can leave a waiter asleep though a permit is free (GCC bug 104928): its try_acquire loses against
  // another, and it sleeps while the count is what it was then. Only a release that finds no permit wakes it.
  void wake_forgotten() {
    std::ptrdiff_t free = 0;
    while (get().try_acquire()) ++free;
    for (; free > 0; --free) get().release();
  }
  void destroy() { get().~Semaphore(); }

  Semaphore& get() { return *std::launder(reinterpret_cast<Semaphore*>(memory)); }

  alignas(Semaphore) std::byte memory[sizeof(Semaphore)];
};

}  // namespace fairground::kit
