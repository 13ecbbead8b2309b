// sem-boost: Boost.Interprocess's semaphore. Where the system has process-shared POSIX semaphores, as Linux does, it
// is one; so its figures should be those of sem-posix.
#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/sync/interprocess_semaphore.hpp>
#include <cstddef>
#include <new>

#include "kit/semaphore.hpp"

namespace {
using namespace fairground::kit;

struct Boost {
  static constexpr SemaphoreInfo info{
      .id = "sem-boost",
      .summary = "Boost.Interprocess semaphore: on Linux a process-shared sem_t",
      .processes = true,
  };
  using Semaphore = boost::interprocess::interprocess_semaphore;

  void init(const SemaphoreStart& start) { ::new (static_cast<void*>(memory)) Semaphore(start.permits); }
  void acquire() { get().wait(); }
  bool acquire_within(std::int64_t ns) {
    if (ns == 0) return get().try_wait();
    return get().timed_wait(boost::posix_time::microsec_clock::universal_time() +
                            boost::posix_time::microseconds(ns / 1000));
  }
  void release() { get().post(); }
  void destroy() { get().~Semaphore(); }

  Semaphore& get() { return *std::launder(reinterpret_cast<Semaphore*>(memory)); }

  alignas(Semaphore) std::byte memory[sizeof(Semaphore)];
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_boost, Permitted<Boost>)
