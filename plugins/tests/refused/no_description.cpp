// error: a workload needs: static constexpr fairground::Description description{...}
#include <fairground/workload.hpp>

struct Refused {
#ifdef REPAIRED
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
#else
#endif
  void run(fairground::Worker) {}
};

FAIRGROUND_PLUGIN("refused", Refused)
