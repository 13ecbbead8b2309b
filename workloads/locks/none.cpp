// none: the control of all locks and semaphores. The same work inside and outside, with nothing to wait for: what the
// placement of the workers and the scheduler do to them without any lock.
#include <fairground/workload.hpp>
#include <string>

#include "kit/load.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;

class None : public fairground::kit::Load {
 public:
  static constexpr fairground::Description description{
      .id = "none",
      .family = "locks",
      .group = "control",
      .summary = "the work of a lock's workload without the lock: every worker for itself",
      .operation = "turn",
      .invariant = "each worker's own counter is the number of its turns, and so are the words of its memory",
      .capabilities = FG_PROCESSES,
  };
  struct alignas(fairground::kit::line) Own {
    std::uint64_t counter, turns;
    std::uint64_t* memory;
  };

  explicit None(fairground::Host host) : host_(host) {}

  void setup() {
    calibrate();
    own_ = host_.shared<Own>(host_.workers());
    for (std::uint32_t i = 0; words() > 0 && i < host_.workers(); ++i)
      own_[i].memory = host_.shared<std::uint64_t>(words());
  }

  void worker_start(Worker w) { enlist(w.index()); }

  void run(Worker w) {
    Own& own = own_[w.index()];
    fairground::kit::Turns turns(*this, w);
    std::uint64_t done = 0;
    while (w.go()) {
      for (std::uint64_t i = 0; i < words(); ++i) own.memory[i] += 1;
      fairground::kit::work(turns.section());
      __atomic_store_n(&own.counter, own.counter + 1, __ATOMIC_RELAXED);  // a store each time, as under a lock
      fairground::kit::work(turns.outside());
      ++done;
      w.count();
      turns.pause();
    }
    own.turns += done;
  }

  void verify() {
    report(host_);
    for (std::uint32_t i = 0; i < host_.workers(); ++i) {
      const Own& own = own_[i];
      std::uint64_t lost = own.counter == own.turns ? 0 : 1;
      for (std::uint64_t word = 0; word < words(); ++word) lost |= own.memory[word] ^ own.turns;
      if (lost != 0)
        throw fairground::wrong("worker " + std::to_string(i) + " made " + std::to_string(own.turns) +
                                " turns but counted " + std::to_string(own.counter) + ", or its memory did otherwise");
    }
  }

 private:
  fairground::Host host_;
  Own* own_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(none, None)
