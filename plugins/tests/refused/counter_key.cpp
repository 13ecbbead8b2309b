// error: a counter's key: lower-case words with underscores
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  static constexpr fairground::Counter counters[] = {{"written_bytes", "bytes written"}};
#else
  static constexpr fairground::Counter counters[] = {{"written-bytes", "bytes written"}};
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
