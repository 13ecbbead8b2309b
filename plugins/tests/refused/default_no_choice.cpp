// error: a parameter's default is outside its range
#include <fairground/workload.hpp>

struct Refused {
  static constexpr fairground::Description description{
      .id = "refused", .family = "tests", .summary = "is not compiled", .invariant = "none"};
  void run(fairground::Worker) {}
#ifdef REPAIRED
  std::int64_t n = 0;
  static constexpr const char* names[] = {"one", "two", nullptr};
  static constexpr auto parameters() { return std::tuple{fairground::choice("n", &Refused::n, names, 1, "a name")}; }
#else
  std::int64_t n = 0;
  static constexpr const char* names[] = {"one", "two", nullptr};
  static constexpr auto parameters() { return std::tuple{fairground::choice("n", &Refused::n, names, 2, "a name")}; }
#endif
};

FAIRGROUND_PLUGIN("refused", Refused)
