// null: does nothing, so what is measured is the harness itself.
#include <fairground/workload.hpp>

namespace {
struct Null {
  static constexpr fairground::Description description{
      .id = "null",
      .family = "cpu",
      .group = "harness",
      .summary = "an empty loop: the cost of the harness itself",
      .operation = "turn",
      .invariant = "none: there is nothing to check",
      .capabilities = FG_PROCESSES,
  };
  void run(fairground::Worker w) {
    while (w.go()) w.count();
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(null, Null)
