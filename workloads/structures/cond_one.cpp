// cond-one: a semaphore of a mutex and a condition variable. Each permit wakes one waiter, who may find that somebody
// else has taken it.
#include "kit/condition.hpp"

namespace {
struct CondOne : fairground::kit::ConditionSemaphore<false> {
  static constexpr fairground::kit::SemaphoreInfo info{
      .id = "cond-one",
      .summary = "a mutex and a condition variable: each permit notifies one waiter",
      .family = "structures",
      .group = "condition",
  };
};
}  // namespace

FAIRGROUND_WORKLOAD(cond_one, fairground::kit::Permitted<CondOne>)
