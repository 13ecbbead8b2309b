// Which processing units a thread may use, however many the machine has.
#pragma once

#include <sys/types.h>

#include <vector>

namespace fairground {

// OS indexes of the units that the thread may use (0: the calling one); empty if it is gone.
std::vector<unsigned> allowed_units(pid_t tid);

// Let the thread (0: the calling one) use these units alone; with none, nothing is changed. False if the kernel
// refuses.
bool pin_to(const std::vector<unsigned>& units, pid_t tid = 0);

}  // namespace fairground
