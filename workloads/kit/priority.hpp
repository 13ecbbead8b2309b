// Unequal workers: some of them nicer than others, some with a real-time priority. Both end with the worker.
#pragma once

#include <cerrno>
#include <fairground/workload.hpp>

#include "kit/descriptor.hpp"
#include "kit/priority.h"

namespace fairground::kit {

// [worker] 0 ... 19.
inline void be_nice(int nice) {
  if (const int error = kit_be_nice(nice); error != 0) throw_errno(error, "setpriority");
}

// [worker] `unsupported` where it isn't permitted.
inline void be_realtime() {
  const int error = kit_be_realtime();
  if (error == EPERM) throw unsupported(KIT_REALTIME_NEEDS);
  if (error != 0) throw_errno(error, "sched_setscheduler");
}

}  // namespace fairground::kit
