// error: a workload needs run(Worker), and State& and Local& if it has them
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  struct State {};
#ifdef REPAIRED
  void run(fairground::Worker, State&) {}
#else
  void run(State&, fairground::Worker) {}
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
