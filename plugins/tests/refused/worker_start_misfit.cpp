// error: worker_start: no call fits its parameters; write worker_start(Worker, State&, Local&)
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  void worker_start(fairground::Worker) {}
#else
  void worker_start(int) {}
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
