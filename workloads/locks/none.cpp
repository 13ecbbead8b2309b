// none: the control of all locks and semaphores. The same work inside and outside, with nothing to wait for: what the
// placement of the workers and the scheduler do to them without any lock.
#include <fairground/workload.hpp>
#include <string>

#include "kit/busy.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;

class None {
 public:
  static constexpr fairground::Description description{
      .id = "none",
      .family = "locks",
      .group = "control",
      .summary = "the work of a lock's workload without the lock: every worker for itself",
      .operation = "turn",
      .invariant = "each worker's own counter is the number of its turns",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::duration("section", &None::section_ns_, 100, 0, 1e9, "what is the critical section elsewhere"),
        fairground::duration("outside", &None::outside_ns_, 100, 0, 1e9, "what is done outside it elsewhere"));
  }
  static constexpr fairground::Counter counters[] = {
      {"section_steps", "dependent steps that the section came to on this machine"},
      {"outside_steps", "dependent steps that the work outside came to on this machine"},
  };
  struct alignas(fairground::kit::line) Own {
    std::uint64_t counter, turns;
  };

  explicit None(fairground::Host host) : host_(host) {}

  void setup() {
    const auto busy = fairground::kit::Busy::calibrate();
    section_ = busy.steps(section_ns_);
    outside_ = busy.steps(outside_ns_);
    own_ = host_.shared<Own>(host_.workers());
  }

  void run(Worker w) {
    const std::uint64_t section = section_, outside = outside_;
    Own& own = own_[w.index()];
    std::uint64_t turns = 0;
    while (w.go()) {
      fairground::kit::work(section);
      __atomic_store_n(&own.counter, own.counter + 1, __ATOMIC_RELAXED);  // a store each time, as under a lock
      fairground::kit::work(outside);
      ++turns;
      w.count();
    }
    own.turns += turns;
  }

  void verify() {
    host_.counter(0, static_cast<double>(section_));
    host_.counter(1, static_cast<double>(outside_));
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      if (own_[i].counter != own_[i].turns)
        throw fairground::wrong("worker " + std::to_string(i) + " made " + std::to_string(own_[i].turns) +
                                " turns but counted " + std::to_string(own_[i].counter));
  }

 private:
  fairground::Host host_;
  std::int64_t section_ns_ = 0, outside_ns_ = 0;
  std::uint64_t section_ = 0, outside_ = 0;  // steps
  Own* own_ = nullptr;                       // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(none, None)
