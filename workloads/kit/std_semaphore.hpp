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
  void destroy() { get().~Semaphore(); }

  Semaphore& get() { return *std::launder(reinterpret_cast<Semaphore*>(memory)); }

  alignas(Semaphore) std::byte memory[sizeof(Semaphore)];
};

}  // namespace fairground::kit
