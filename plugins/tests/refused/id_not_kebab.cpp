// error: description.id: lower-case words with single hyphens, as in sem-posix
#include <fairground/workload.hpp>

struct Refused {
#ifdef REPAIRED
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
#else
  static constexpr fairground::Description description{
      .id = "Not_Kebab", .family = "tests", .summary = "is not compiled", .invariant = "none"};
#endif
  void run(fairground::Worker) {}
};

FAIRGROUND_PLUGIN("refused", Refused)
