#include "base/affinity.hpp"

#include <sched.h>

#include <algorithm>

namespace fairground {

std::vector<unsigned> allowed_units(pid_t tid) {
  std::vector<unsigned> units;
  for (unsigned size = 1'024; size <= 65'536; size *= 4) {  // the kernel's own set may be larger than ours
    cpu_set_t* set = CPU_ALLOC(size);
    const std::size_t bytes = CPU_ALLOC_SIZE(size);
    const bool got = sched_getaffinity(tid, bytes, set) == 0;
    for (unsigned unit = 0; got && unit < size; ++unit) {
      if (CPU_ISSET_S(unit, bytes, set)) units.push_back(unit);
    }
    CPU_FREE(set);
    if (got) break;
  }
  return units;
}

bool pin_to(const std::vector<unsigned>& units, pid_t tid) {
  if (units.empty()) return true;
  const unsigned size = *std::max_element(units.begin(), units.end()) + 1;
  const std::size_t bytes = CPU_ALLOC_SIZE(size);
  cpu_set_t* set = CPU_ALLOC(size);
  CPU_ZERO_S(bytes, set);
  for (const unsigned unit : units) CPU_SET_S(unit, bytes, set);
  const bool pinned = sched_setaffinity(tid, bytes, set) == 0;
  CPU_FREE(set);
  return pinned;
}

}  // namespace fairground
