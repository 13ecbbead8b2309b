// From a short description of a counting semaphore to its whole workload. A semaphore is
//
//   struct Posix {
//     static constexpr fairground::kit::SemaphoreInfo info{.id = "sem-posix", .summary = "..."};
//     void init(std::uint32_t permits, bool as_processes);  // [control] in memory that is shared
//     void acquire();                                       // [worker] waits for a permit
//     bool acquire_within(std::int64_t ns);                 // [control] false: there was none in that time
//     void release();                                       // [any]
//     void destroy();                                       // [control]
//   };
//   FAIRGROUND_WORKLOAD(sem_posix, fairground::kit::Permitted<Posix>)
//
// Its memory is zeroed, on lines of its own, and nothing is constructed there but by `init`.
//
// Parameters: section, outside (ns, calibrated), permits, check (the validating twin). Every trial verifies that never
// more than `permits` were inside and that at the end exactly `permits` can be taken: none lost, none made. With
// check=true each holder also takes one of `permits` slots (slots.hpp), writes its words and looks again at its end.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/busy.hpp"
#include "kit/relax.hpp"
#include "kit/slots.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct SemaphoreInfo {
  const char* id;
  const char* summary;     // one line
  bool fifo = false;       // promises fairness; else starvation is expected
  bool processes = false;  // works in memory that processes share
  std::uint32_t version = 1;
};

template <class S>
class Permitted {
 public:
  static constexpr Description description{
      .id = S::info.id,
      .family = "semaphores",
      .group = "semaphore",
      .control = "none",
      .summary = S::info.summary,
      .operation = "acquisition",
      .invariant =
          "never more than `permits` are inside, and at the end exactly `permits` can be taken; with check, "
          "each holder finds a slot of its own whose words nobody else changes",
      .version = S::info.version,
      .capabilities = FG_CONTENDED | FG_MAY_BLOCK | (S::info.processes ? FG_PROCESSES : 0u),
      .expects = S::info.fifo ? 0u : FG_EXPECTS(FG_STARVATION),
      .promises_fairness = S::info.fifo,
  };
  static constexpr Counter counters[] = {
      {"section_steps", "dependent steps that the critical section came to on this machine"},
      {"outside_steps", "dependent steps that the work outside came to on this machine"},
      {"most_inside", "the most holders that were inside at once"},
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        duration("section", &Permitted::section_ns_, 100, 0, 1e9, "work while a permit is held"),
        duration("outside", &Permitted::outside_ns_, 100, 0, 1e9, "work between two acquisitions"),
        integer("permits", &Permitted::permits_, 1, 1, 1024, "how many may be inside at once", "permits"),
        boolean("check", &Permitted::check_, false, "claim a slot inside and look at its words"));
  }

  struct State {
    alignas(line) S semaphore;
    alignas(line) fg_resource resource;
    alignas(line) FreeSlots free;
  };

  explicit Permitted(Host host) : host_(host) {}
  void configure(const Configuration& c) { as_processes_ = c.as_processes(); }

  void setup(State& s) {
    const Busy busy = Busy::calibrate();
    section_ = busy.steps(section_ns_);
    outside_ = busy.steps(outside_ns_);
    tallies_ = host_.shared<Tally>(host_.workers());
    slots_ = host_.shared<Slot>(permits());
    s.free.fill(slots_, permits());
    host_.resource(s.resource, FG_PERMITS, permits(), S::info.id);
    s.semaphore.init(permits(), as_processes_);
  }

  void run(Worker w, State& s) { check_ ? loop<true>(w, s) : loop<false>(w, s); }

  void verify(State& s) {
    host_.counter(0, static_cast<double>(section_));
    host_.counter(1, static_cast<double>(outside_));
    host_.counter(2, s.resource.most_inside);
    const Tally all = sum(tallies_, host_.workers());
    if (s.resource.acquisitions != all.operations)
      throw wrong("the workers took " + std::to_string(all.operations) + " permits, the resource counts " +
                  std::to_string(s.resource.acquisitions));
    if (s.resource.violations != 0 || s.resource.most_inside > permits())
      throw wrong(std::to_string(s.resource.most_inside) + " were inside at once with " + std::to_string(permits()) +
                  " permits");
    if (s.resource.inside != 0) throw wrong(std::to_string(s.resource.inside) + " never came out");
    if (all.stale != 0) throw wrong(std::to_string(all.stale) + " holders found no free slot inside");
    if (all.intruded != 0)
      throw wrong(std::to_string(all.intruded) + " times a slot's words changed under their holder");
    count_permits(s.semaphore);
  }

  void teardown(State& s) { s.semaphore.destroy(); }

 private:
  [[nodiscard]] std::uint32_t permits() const { return static_cast<std::uint32_t>(permits_); }

  // Take all there are. Nobody else is there any more, so a permit that doesn't come at once is lost.
  void count_permits(S& semaphore) const {
    constexpr std::int64_t patience_ns = 200'000'000;
    for (std::uint32_t taken = 0; taken < permits(); ++taken)
      if (!semaphore.acquire_within(patience_ns))
        throw wrong("only " + std::to_string(taken) + " of " + std::to_string(permits()) + " permits are left");
    if (semaphore.acquire_within(0)) throw wrong("there are more permits than the " + std::to_string(permits()));
    for (std::uint32_t i = 0; i < permits(); ++i) semaphore.release();
  }

  // The section of the validating twin.
  void checked_section(State& s, std::uint64_t steps, Worker w, Tally& mine) const {
    Slot* slot = s.free.take(slots_);
    if (slot == nullptr) {
      ++mine.stale;
      return work(steps);
    }
    const std::uint64_t words = mine.operations | (w.index() + 1ull) << 48;
    slot->canary.say(words);
    work(steps);
    if (!slot->canary.says(words)) ++mine.intruded;
    s.free.give_back(slots_, slot);
  }

  template <bool Check>
  void loop(Worker w, State& s) {
    const std::uint64_t section = section_, outside = outside_;
    Tally mine{};
    while (w.go()) {
      w.wait(s.resource);
      s.semaphore.acquire();
      w.acquired(s.resource);
      if constexpr (Check)
        checked_section(s, section, w, mine);
      else
        work(section);
      w.released(s.resource);
      s.semaphore.release();
      work(outside);
      ++mine.operations;
      w.count();
    }
    tallies_[w.index()] += mine;
  }

  Host host_;
  bool as_processes_ = false, check_ = false;
  std::int64_t section_ns_ = 0, outside_ns_ = 0, permits_ = 1;
  std::uint64_t section_ = 0, outside_ = 0;  // steps
  Tally* tallies_ = nullptr;                 // shared
  Slot* slots_ = nullptr;                    // shared
};

}  // namespace fairground::kit
