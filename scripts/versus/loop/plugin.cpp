// The same bodies as workloads.
#include <fairground/workload.hpp>

#include "body.hpp"

namespace {

constexpr fairground::Description about(const char* id, const char* summary) {
  fairground::Description d{.id = id};
  d.family = "versus";
  d.group = "versus";
  d.summary = summary;
  d.operation = "turn";
  d.invariant = "none: it is compared with another loop, not verified";
  return d;
}

struct Empty {
  static constexpr fairground::Description description = about("versus-empty", "nothing, in Fairground's loop");
  void run(fairground::Worker w) {
    while (w.go()) w.count();
  }
};

struct Body {
  static constexpr fairground::Description description = about("versus-body", "four steps, in Fairground's loop");
  void run(fairground::Worker w) {
    std::uint64_t x = 88'172'645'463'325'252;
    while (w.go()) {
      x = step(x);
      w.count();
    }
    fairground::keep(x);
  }
};

}  // namespace

FAIRGROUND_PLUGIN("versus-loop", Empty, Body)
