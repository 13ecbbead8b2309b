// error: a parameter's default is outside its range
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  std::int64_t n = 0;
  static constexpr auto parameters() { return std::tuple{fairground::integer("n", &Refused::n, 5, 0, 10, "a number")}; }
#else
  std::int64_t n = 0;
  static constexpr auto parameters() {
    return std::tuple{fairground::integer("n", &Refused::n, 11, 0, 10, "a number")};
  }
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
