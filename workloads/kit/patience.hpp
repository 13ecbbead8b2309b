// Waiting for something that nobody announces: a short spin, and then the unit is left to others, or whoever is waited
// for may never get it.
#pragma once

#include <sched.h>

#include "kit/relax.hpp"

namespace fairground::kit {

class Patience {
 public:
  void operator()() {
    if (++times_ % 64 != 0)
      relax();
    else
      sched_yield();
  }

 private:
  unsigned times_ = 0;
};

}  // namespace fairground::kit
