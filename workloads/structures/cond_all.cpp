// cond-all: the same as cond-one, but each permit wakes all waiters, of whom one gets it: the thundering herd.
#include "kit/condition.hpp"

namespace {
struct CondAll : fairground::kit::ConditionSemaphore<true> {
  static constexpr fairground::kit::SemaphoreInfo info{
      .id = "cond-all",
      .summary = "a mutex and a condition variable: each permit notifies all waiters, one gets it",
      .family = "structures",
      .group = "condition",
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(cond_all, fairground::kit::Permitted<CondAll>)
