// error: description.invariant: say in a sentence what verify checks
#include <fairground/workload.hpp>

struct Refused {
#ifdef REPAIRED
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
#else
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled"};
#endif
  void run(fairground::Worker) {}
};

FAIRGROUND_PLUGIN("refused", Refused)
