// A semaphore made of a mutex and a condition variable, as in the textbooks; who gives a permit notifies one, or all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <new>

#include "kit/semaphore.hpp"

namespace fairground::kit {

template <bool All>
class ConditionSemaphore {
 public:
  void init(const SemaphoreStart& start) { ::new (static_cast<void*>(memory_)) Monitor{{}, {}, start.permits}; }
  void acquire() {
    std::unique_lock<std::mutex> lock(get().mutex);
    get().changed.wait(lock, [&] { return get().permits != 0; });
    --get().permits;
  }
  bool acquire_within(std::int64_t ns) {
    std::unique_lock<std::mutex> lock(get().mutex);
    const auto any = [&] { return get().permits != 0; };
    if (!any() && (ns == 0 || !get().changed.wait_for(lock, std::chrono::nanoseconds(ns), any))) return false;
    --get().permits;
    return true;
  }
  void release() {
    const std::lock_guard<std::mutex> lock(get().mutex);
    ++get().permits;
    All ? get().changed.notify_all() : get().changed.notify_one();
  }
  void destroy() { get().~Monitor(); }

 private:
  struct Monitor {
    std::mutex mutex;
    std::condition_variable changed;
    std::uint32_t permits;
  };
  Monitor& get() { return *std::launder(reinterpret_cast<Monitor*>(memory_)); }

  alignas(Monitor) std::byte memory_[sizeof(Monitor)];
};

}  // namespace fairground::kit
