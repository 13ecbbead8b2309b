// sem-std: std::counting_semaphore. In libstdc++ 12 it spins a little, then sleeps in an atomic wait; a release wakes
// every sleeper, of whom one gets on. The standard promises nothing across processes, so it isn't run there.
#include "kit/std_semaphore.hpp"

namespace {
using namespace fairground::kit;

struct Std : StdSemaphore<std::counting_semaphore<>> {
  static constexpr SemaphoreInfo info{
      .id = "sem-std",
      .summary = "std::counting_semaphore: spins a little, then sleeps; a permit goes to whoever takes it first",
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_std, Permitted<Std>)
