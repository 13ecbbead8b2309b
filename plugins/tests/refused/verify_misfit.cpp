// error: verify: no call fits its parameters; write verify(State&) or verify()
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  struct State {};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  void verify(State&) {}
#else
  void verify(State&, int) {}
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
