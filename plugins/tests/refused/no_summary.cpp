// error: description.summary: say in one line what the workload shows
#include <fairground/workload.hpp>

struct Refused {
#ifdef REPAIRED
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
#else
  static constexpr fairground::Description description{.id = "refused", .family = "tests", .invariant = "none"};
#endif
  void run(fairground::Worker) {}
};

FAIRGROUND_PLUGIN("refused", Refused)
