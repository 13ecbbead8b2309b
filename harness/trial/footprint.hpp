// What the processes of trials take of the machine while they run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <vector>

namespace fairground::trial {

struct Footprint {
  std::uint64_t memory_bytes = 0;  // resident: private pages of all, and of what is shared the most that one has
  std::uint64_t tasks = 0;         // processes and their threads
};

// Of each process and all below it, in one pass over /proc; zeros for one that is gone.
std::vector<Footprint> footprints(std::span<const pid_t> roots);

}  // namespace fairground::trial
