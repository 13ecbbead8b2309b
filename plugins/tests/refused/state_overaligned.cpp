// error: State: the host aligns it to 4096 bytes at most
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  struct alignas(4096) State {};
#else
  struct alignas(8192) State {};
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
