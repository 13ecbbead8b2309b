// From a short description of a semaphore to its whole workload. A semaphore is
//
//   struct Posix {
//     static constexpr fairground::kit::SemaphoreInfo info{.id = "sem-posix", .summary = "..."};
//     void init(const fairground::kit::SemaphoreStart&);  // [control] in memory that is shared; undone if it throws
//     void acquire();                                     // [worker] waits for a permit
//     bool acquire_within(std::int64_t ns);               // [control] false: there was none in that time
//     void release();                                     // [any]
//     void destroy();                                     // [control]
//     void wake_forgotten();                              // [control] optional: whoever sleeps beside a free permit
//   };
//   FAIRGROUND_WORKLOAD(sem_posix, fairground::kit::Permitted<Posix>)
//
// Its memory is zeroed, on lines of its own, and nothing is constructed there but by `init`.
//
// Parameters: use, section, outside (ns, calibrated), permits, check (the validating twin).
//   use=limit   one semaphore; at most `permits` workers are inside
//   use=ring    one a worker, in turn (relay.hpp); with 2 workers, ping-pong
//   use=signal  one a worker; events from worker 0 to all others
// Every trial verifies that never more than may be were inside, in a ring that each came in its turn, of a signal that
// each heard of each event once, and that at the end each semaphore has exactly the permits it should: none lost, none
// made. With check=true each holder also takes one of as many slots as may be inside (slots.hpp), writes its words and
// looks again at its end.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/busy.hpp"
#include "kit/relax.hpp"
#include "kit/relay.hpp"
#include "kit/slots.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct SemaphoreInfo {
  const char* id;
  const char* summary;     // one line
  bool fifo = false;       // first come, first served; else starvation is expected
  bool processes = false;  // works in memory that processes share
  std::int64_t most_permits = 1024;
  const char* family = "semaphores";
  const char* group = "semaphore";
  std::uint32_t version = 2;
};

struct SemaphoreStart {
  std::uint32_t permits;
  bool as_processes;
  bool returned;  // a permit comes back from the worker that took it
};

template <class S>
class Permitted {
 public:
  static constexpr Description description{
      .id = S::info.id,
      .family = S::info.family,
      .group = S::info.group,
      .control = "none",
      .summary = S::info.summary,
      .operation = "acquisition",
      .invariant =
          "never more than `permits` are inside (ring: one, in its turn; signal: each hears of each event once), and "
          "at the end exactly the permits that should be there can be taken; with check, each holder finds a slot of "
          "its own whose words nobody else changes",
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
  enum Use : std::int64_t { limit, ring, signal };
  static constexpr const char* uses[] = {"limit", "ring", "signal", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        choice(
            "use", &Permitted::use_, uses, limit,
            "limit: one semaphore, `permits` inside; ring: each wakes the next, in turn; signal: worker 0 wakes all"),
        duration("section", &Permitted::section_ns_, 100, 0, 1e9, "work while a permit is held"),
        duration("outside", &Permitted::outside_ns_, 100, 0, 1e9, "work between two acquisitions"),
        integer("permits", &Permitted::permits_, 1, 1, S::info.most_permits, "how many may be inside at once",
                "permits"),
        boolean("check", &Permitted::check_, false, "claim a slot inside and look at its words"));
  }

  using Relayed = Relay<S>;
  using Cell = typename Relayed::Cell;
  struct State {
    alignas(line) fg_resource resource;
    alignas(line) FreeSlots free;
    alignas(line) Relayed relay;
  };

  explicit Permitted(Host host) : host_(host) {}
  void configure(const Configuration& c) {
    as_processes_ = c.as_processes();
    if (use_ != limit && permits_ != 1) throw bad_parameter("permits is for use=limit; elsewhere one wakes another");
  }

  void setup(State& s) {
    const Busy busy = Busy::calibrate();
    section_ = busy.steps(section_ns_);
    outside_ = busy.steps(outside_ns_);
    tallies_ = host_.shared<Tally>(host_.workers());
    slots_ = host_.shared<Slot>(most_inside());
    s.free.fill(slots_, most_inside());
    host_.resource(s.resource, FG_PERMITS, most_inside(), S::info.id);
    cells_ = host_.shared<Cell>(semaphores());
    s.relay.setup(cells_, host_.workers(), use_ == ring);
    try {
      for (; made_ < semaphores(); ++made_)
        cells_[made_].semaphore.init({made_ == 0 ? permits() : 0, as_processes_, use_ == limit});
    } catch (...) {
      destroy();
      throw;
    }
  }

  void run(Worker w, State& s) {
    if (use_ == limit)
      check_ ? loop<true, false>(w, s) : loop<false, false>(w, s);
    else
      check_ ? loop<true, true>(w, s) : loop<false, true>(w, s);
  }

  void wake(State& s) {
    if (use_ != limit) return s.relay.close();
    if constexpr (requires { cells_[0].semaphore.wake_forgotten(); }) cells_[0].semaphore.wake_forgotten();
  }

  void verify(State& s) {
    host_.counter(0, static_cast<double>(section_));
    host_.counter(1, static_cast<double>(outside_));
    host_.counter(2, s.resource.most_inside);
    const Tally all = sum(tallies_, host_.workers());
    if (s.resource.acquisitions != all.operations)
      throw wrong("the workers took " + std::to_string(all.operations) + " permits, the resource counts " +
                  std::to_string(s.resource.acquisitions));
    if (s.resource.violations != 0 || s.resource.most_inside > most_inside())
      throw wrong(std::to_string(s.resource.most_inside) + " were inside at once with " +
                  std::to_string(most_inside()) + " permits");
    if (s.resource.inside != 0) throw wrong(std::to_string(s.resource.inside) + " never came out");
    if (all.stale != 0) throw wrong(std::to_string(all.stale) + " holders found no free slot inside");
    if (all.intruded != 0)
      throw wrong(std::to_string(all.intruded) + " times a slot's words changed under their holder");
    if (s.relay.misordered() != 0)
      throw wrong(std::to_string(s.relay.misordered()) +
                  (use_ == ring ? " times a worker was woken out of turn" : " events were missed or heard twice"));
    for (std::uint32_t i = 0; i < semaphores(); ++i)
      count_permits(cells_[i].semaphore, use_ == limit ? permits() : s.relay.expected(i));
  }

  void teardown() { destroy(); }

 private:
  [[nodiscard]] std::uint32_t permits() const { return static_cast<std::uint32_t>(permits_); }
  [[nodiscard]] std::uint32_t semaphores() const { return use_ == limit ? 1 : host_.workers(); }
  [[nodiscard]] std::uint32_t most_inside() const { return use_ == signal ? host_.workers() : permits(); }

  void destroy() {
    while (made_ > 0) cells_[--made_].semaphore.destroy();
  }

  // Take all there are. Nobody else is there any more, so a permit that doesn't come at once is lost.
  static void count_permits(S& semaphore, std::uint32_t expected) {
    constexpr std::int64_t patience_ns = 200'000'000;
    for (std::uint32_t taken = 0; taken < expected; ++taken)
      if (!semaphore.acquire_within(patience_ns))
        throw wrong("only " + std::to_string(taken) + " of " + std::to_string(expected) + " permits are left");
    if (semaphore.acquire_within(0)) throw wrong("there are more permits than the " + std::to_string(expected));
    for (std::uint32_t i = 0; i < expected; ++i) semaphore.release();
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

  template <bool Check, bool Passed>
  void loop(Worker w, State& s) {
    const std::uint64_t section = section_, outside = outside_;
    S& semaphore = cells_[Passed ? w.index() : 0].semaphore;
    Tally mine{};
    while (w.go()) {
      w.wait(s.resource);
      semaphore.acquire();
      if (Passed && s.relay.closing()) {
        w.gave_up(s.resource);
        s.relay.pass_on(w.index());
        break;
      }
      w.acquired(s.resource);
      if constexpr (Check)
        checked_section(s, section, w, mine);
      else
        work(section);
      w.released(s.resource);
      Passed ? s.relay.pass_on(w.index()) : semaphore.release();
      work(outside);
      ++mine.operations;
      w.count();
    }
    if (Passed) s.relay.leave(w.index());
    tallies_[w.index()] += mine;
  }

  Host host_;
  bool as_processes_ = false, check_ = false;
  std::int64_t use_ = limit, section_ns_ = 0, outside_ns_ = 0, permits_ = 1;
  std::uint64_t section_ = 0, outside_ = 0;  // steps
  std::uint32_t made_ = 0;                   // semaphores that are there
  Tally* tallies_ = nullptr;                 // shared
  Slot* slots_ = nullptr;                    // shared
  Cell* cells_ = nullptr;                    // shared
};

}  // namespace fairground::kit
