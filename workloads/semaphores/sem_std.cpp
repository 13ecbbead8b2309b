// sem-std: std::counting_semaphore. In libstdc++ 12 it spins a little, then sleeps in an atomic wait; a release wakes
// every sleeper, of whom one gets on. The standard promises nothing across processes, so it isn't run there.
#include <chrono>
#include <cstddef>
#include <new>
#include <semaphore>

#include "kit/semaphore.hpp"

namespace {
struct Std {
  static constexpr fairground::kit::SemaphoreInfo info{
      .id = "sem-std",
      .summary = "std::counting_semaphore: spins a little, then sleeps; a permit goes to whoever takes it first",
  };
  using Semaphore = std::counting_semaphore<>;

  void init(std::uint32_t permits, bool) { ::new (static_cast<void*>(memory)) Semaphore(permits); }
  void acquire() { get().acquire(); }
  bool acquire_within(std::int64_t ns) { return get().try_acquire_for(std::chrono::nanoseconds(ns)); }
  void release() { get().release(); }
  void destroy() { get().~Semaphore(); }

  Semaphore& get() { return *std::launder(reinterpret_cast<Semaphore*>(memory)); }

  alignas(Semaphore) std::byte memory[sizeof(Semaphore)];
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_std, fairground::kit::Permitted<Std>)
