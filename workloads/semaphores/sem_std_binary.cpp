// sem-std-binary: std::binary_semaphore, which has one permit at most. In libstdc++ 12 it is the counting one.
#include "kit/std_semaphore.hpp"

namespace {
using namespace fairground::kit;

struct StdBinary : StdSemaphore<std::binary_semaphore> {
  static constexpr SemaphoreInfo info{
      .id = "sem-std-binary",
      .summary = "std::binary_semaphore: the one of C++ for a single permit",
      .most_permits = 1,
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(sem_std_binary, Permitted<StdBinary>)
