// From a short description of a barrier to its whole workload, rounds at whose end all workers meet. A barrier is
//
//   struct Std {
//     static constexpr fairground::kit::MeetingInfo info{.id = "barrier-std", .summary = "..."};
//     struct Local {};                             // a worker's own; default-constructible
//     void init(Host, bool as_processes);          // [control, in setup] for host.workers()
//     void meet(Local&, std::uint32_t worker);     // [worker] returns when all have called it
//   };
//   FAIRGROUND_WORKLOAD(barrier_std, fairground::kit::Met<Std>)
//
// It is default-constructed in shared memory, on lines of its own, and destroyed at the end.
//
// Parameters: those of between.hpp, and check (the validating twin). A worker says which round it is in before it meets
// the others. After that its right neighbour, with check=true everybody, has to be in that round or, being faster, the
// next. The words are plain but for those who are faster, so that ThreadSanitizer sees a barrier that lets one through.
// Who wants to stop says so in its round, at whose end all leave together.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/between.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct MeetingInfo {
  const char* id;
  const char* summary;     // one line
  bool blocks = false;     // a waiter may sleep
  bool processes = false;  // works in memory that processes share
  std::uint32_t version = 2;
};

template <class B>
class Met : public Between {
 public:
  static constexpr Description description{
      .id = B::info.id,
      .family = "structures",
      .group = "barrier",
      .summary = B::info.summary,
      .operation = "round",
      .invariant =
          "nobody leaves a round before all have come to its end: the right neighbour (with check: everybody) "
          "is in that round or the next, and sees what all wrote in it; at the end all have been in as many",
      .version = B::info.version,
      .capabilities = (B::info.blocks ? FG_MAY_BLOCK : 0u) | (B::info.processes ? FG_PROCESSES : 0u),
      .promises_fairness = true,
  };
  static constexpr Counter counters[] = {
      {"rounds", "times that all met"},
  };
  static constexpr auto parameters() {
    return std::tuple_cat(Between::parameters(100, "work in each round"),
                          std::make_tuple(boolean("check", &Met::check_, false,
                                                  "look where everybody is, not only the right neighbour")));
  }

  struct alignas(line) Station {
    std::uint64_t round;    // atomic: the one it is in, from 1
    std::uint64_t said[2];  // plain: what it says in odd and in even rounds
  };
  struct State {
    alignas(line) B barrier;
    alignas(line) std::uint64_t last;  // atomic: the round after which all leave; 0: not said yet
  };
  struct Local {
    typename B::Local barrier;
  };

  explicit Met(Host host) : host_(host) {}
  void configure(const Configuration& c) { as_processes_ = c.as_processes(); }

  void setup(State& s) {
    calibrate();
    stations_ = host_.shared<Station>(host_.workers());
    tallies_ = host_.shared<Tally>(host_.workers());
    s.barrier.init(host_, as_processes_);
  }

  void worker_start(Worker w) const { enlist(w.index()); }

  void run(Worker w, State& s, Local& local) {
    Rest rest(*this, w);
    Station& mine = stations_[w.index()];
    Tally tally{};
    for (std::uint64_t round = 1;; ++round) {
      const bool go = w.go();
      if (!go) say_last(s, round);
      rest();
      mine.said[round % 2] = round;
      __atomic_store_n(&mine.round, round, __ATOMIC_RELAXED);
      s.barrier.meet(local.barrier, w.index());
      look(w.index(), round, tally);
      ++tally.operations;
      const std::uint64_t last = __atomic_load_n(&s.last, __ATOMIC_RELAXED);
      if (last != 0 && last <= round) break;
      w.count();
    }
    tallies_[w.index()] += tally;
  }

  void verify() {
    const Tally all = sum(tallies_, host_.workers());
    host_.counter(0, static_cast<double>(tallies_[0].operations));
    if (all.stale != 0)
      throw wrong(std::to_string(all.stale) + " times a worker left a round before another had come to its end");
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      if (tallies_[i].operations != tallies_[0].operations)
        throw wrong("worker " + std::to_string(i) + " was in " + std::to_string(tallies_[i].operations) +
                    " rounds, worker 0 in " + std::to_string(tallies_[0].operations));
  }

 private:
  // The first round in which anybody said so: who is a round ahead can't know.
  static void say_last(State& s, std::uint64_t round) {
    std::uint64_t old = 0;
    while ((old == 0 || old > round) &&
           !__atomic_compare_exchange_n(&s.last, &old, round, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
  }

  void look(std::uint32_t me, std::uint64_t round, Tally& tally) const {
    const std::uint32_t n = host_.workers();
    for (std::uint32_t step = 1; step < (check_ ? n : 2); ++step) {
      const Station& other = stations_[(me + step) % n];
      const std::uint64_t there = __atomic_load_n(&other.round, __ATOMIC_RELAXED);
      if ((there != round && there != round + 1) || other.said[round % 2] != round) ++tally.stale;
    }
  }

  Host host_;
  bool as_processes_ = false, check_ = false;
  Station* stations_ = nullptr;  // shared
  Tally* tallies_ = nullptr;     // shared
};

}  // namespace fairground::kit
