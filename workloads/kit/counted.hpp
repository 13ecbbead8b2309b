// From a way to add one to a word that all share to its whole workload:
//
//   struct FetchAdd {
//     static constexpr fairground::kit::CountedInfo info{.id = "fetch-add", .summary = "..."};
//     static std::uint64_t add(std::atomic<std::uint64_t>&, std::uint64_t& tries);  // [worker] what it was before
//   };
//   FAIRGROUND_WORKLOAD(fetch_add, fairground::kit::Counted<FetchAdd>)
//
// Parameters: those of between.hpp. Every trial verifies that the word is the sum of all additions, and that no
// worker was given the same number twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/between.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct CountedInfo {
  const char* id;
  const char* summary;  // one line
  std::uint32_t version = 2;
};

template <class A>
class Counted : public Between {
 public:
  static constexpr Description description{
      .id = A::info.id,
      .family = "structures",
      .group = "atomic",
      .summary = A::info.summary,
      .operation = "addition",
      .invariant = "the word is the sum of all additions, and each worker is given ever higher numbers",
      .version = A::info.version,
      .capabilities = FG_PROCESSES,
      .expects = FG_EXPECTS(FG_STARVATION),
  };
  static constexpr Counter counters[] = {
      {"tries", "times that an addition was tried"},
  };
  static constexpr auto parameters() { return Between::parameters(0, "work between two additions"); }

  struct State {
    alignas(line) std::atomic<std::uint64_t> word;
  };

  explicit Counted(Host host) : host_(host) {}

  void setup() {
    calibrate();
    tallies_ = host_.shared<Tally>(host_.workers());
  }

  void worker_start(Worker w) const { enlist(w.index()); }

  void run(Worker w, State& s) {
    Rest rest(*this, w);
    Tally mine{};
    std::uint64_t tries = 0, least = 0;
    while (w.go()) {
      const std::uint64_t before = A::add(s.word, tries);
      mine.stale += before < least ? 1 : 0;
      least = before + 1;
      rest();
      ++mine.operations;
      w.count();
    }
    mine.given_up = tries - mine.operations;
    tallies_[w.index()] += mine;
  }

  void verify(State& s) {
    const Tally all = sum(tallies_, host_.workers());
    host_.counter(0, static_cast<double>(all.operations + all.given_up));
    if (s.word != all.operations)
      throw wrong("of " + std::to_string(all.operations) + " additions the word says " + std::to_string(s.word));
    if (all.stale != 0) throw wrong(std::to_string(all.stale) + " times a worker was given a number that was not new");
  }

 private:
  Host host_;
  Tally* tallies_ = nullptr;  // shared
};

}  // namespace fairground::kit
