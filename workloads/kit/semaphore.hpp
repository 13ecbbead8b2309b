// From a short description of a semaphore to its whole workload. A semaphore is
//
//   struct Posix {
//     static constexpr fairground::kit::SemaphoreInfo info{.id = "sem-posix", .summary = "..."};
//     void init(const fairground::kit::SemaphoreStart&);  // [control] in memory that is shared; undone if it throws
//     void acquire();                                     // [worker] waits for a permit
//     bool acquire_within(std::int64_t ns);               // [any] false: there was none in that time
//     void release();                                     // [any]
//     void destroy();                                     // [control]
//     void wake_forgotten();                              // [control] optional: whoever sleeps beside a free permit
//   };
//   FAIRGROUND_WORKLOAD(sem_posix, fairground::kit::Permitted<Posix>)
//
// Its memory is zeroed, on lines of its own, and nothing is constructed there but by `init`.
//
// Parameters: use, permits, check (the validating twin), those of load.hpp, and where the semaphore promises no order,
// try and timeout (who gives up would lose the place in the order).
//   use=limit   one semaphore, or each time one of `locks`; at most `permits` workers are inside
//   use=ring    one a worker, in turn (relay.hpp); with 2 workers, ping-pong
//   use=signal  one a worker; events from worker 0 to all others
// Every trial verifies that never more than may be were inside, in a ring that each came in its turn, of a signal that
// each heard of each event once, that all words of the sections' memory count all holders, and that at the end each
// semaphore has exactly the permits it should: none lost, none made. With check=true each holder also takes one of as
// many slots as may be inside (slots.hpp), writes its words and looks again at its end.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fairground/workload.hpp>
#include <span>
#include <string>
#include <tuple>

#include "kit/admitted.hpp"
#include "kit/load.hpp"
#include "kit/relax.hpp"
#include "kit/relay.hpp"
#include "kit/taking.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct SemaphoreInfo {
  const char* id;
  const char* summary;     // one line
  bool fifo = false;       // first come, first served, if nobody gives up; else starvation is expected
  bool processes = false;  // works in memory that processes share
  std::int64_t most_permits = 1024;
  const char* family = "semaphores";
  const char* group = "semaphore";
  std::uint32_t version = 3;
};

struct SemaphoreStart {
  std::uint32_t permits;
  bool as_processes;
  bool returned;  // a permit comes back from the worker that took it
};

template <class S>
class Permitted : public Load {
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
          "at the end exactly the permits that should be there can be taken; the section's memory counts all holders; "
          "with check, each holder finds a slot of its own whose words nobody else changes",
      .version = S::info.version,
      .capabilities = FG_CONTENDED | FG_MAY_BLOCK | (S::info.processes ? FG_PROCESSES : 0u),
      .expects = S::info.fifo ? 0u : FG_EXPECTS(FG_STARVATION),
      .promises_fairness = S::info.fifo,
  };
  static constexpr Counter counters[] = {
      Load::counters[0],
      Load::counters[1],
      {"most_inside", "the most holders that were inside at once"},
      {"given_up", "waits that ended without a permit: there was none, or the time ran out"},
  };
  enum Use : std::int64_t { limit, ring, signal };
  static constexpr const char* uses[] = {"limit", "ring", "signal", nullptr};
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::make_tuple(choice(
            "use", &Permitted::use_, uses, limit,
            "limit: one semaphore, `permits` inside; ring: each wakes the next, in turn; signal: worker 0 wakes all")),
        Load::parameters(),
        std::make_tuple(integer("permits", &Permitted::permits_, 1, 1, S::info.most_permits,
                                "how many may be inside at once", "permits"),
                        boolean("check", &Permitted::check_, false, "claim a slot inside and look at its words")),
        give_up_parameters());
  }

  using Relayed = Relay<S>;
  using Cell = typename Relayed::Cell;
  struct State {
    alignas(line) Relayed relay;
  };

  explicit Permitted(Host host) : host_(host) {}
  void configure(const Configuration& c) {
    as_processes_ = c.as_processes();
    if (use_ != limit && permits_ != 1) throw bad_parameter("permits is for use=limit; elsewhere one wakes another");
    if (use_ != limit && locks != 1) throw bad_parameter("locks is for use=limit; elsewhere each has its own");
    if (use_ != limit && (try_ || timeout_ns_ > 0))
      throw bad_parameter("try and timeout are for use=limit; elsewhere a waiter is woken in its turn");
    if (try_ && timeout_ns_ > 0) throw bad_parameter("try and timeout: one of them");
  }

  void setup(State& s) {
    calibrate();
    tallies_ = host_.shared<Tally>(host_.workers());
    admitted_ = host_.shared<Admitted>(static_cast<std::size_t>(locks));
    for (Admitted& a : admitted()) a.setup(host_, most_inside(), words(), S::info.id);
    cells_ = host_.shared<Cell>(semaphores());
    s.relay.setup(cells_, host_.workers(), use_ == ring);
    try {
      for (; made_ < semaphores(); ++made_)
        cells_[made_].semaphore.init({use_ == limit || made_ == 0 ? permits() : 0, as_processes_, use_ == limit});
    } catch (...) {
      destroy();
      throw;
    }
  }

  void worker_start(Worker w) { enlist(w.index()); }

  void run(Worker w, State& s) {
    const bool simple = plain() && !check_ && !try_ && timeout_ns_ == 0;
    if (use_ == limit)
      simple ? loop<true, false>(w, s) : loop<false, false>(w, s);
    else
      simple ? loop<true, true>(w, s) : loop<false, true>(w, s);
  }

  void wake(State& s) {
    if (use_ != limit) return s.relay.close();
    if constexpr (requires { cells_[0].semaphore.wake_forgotten(); })
      for (std::uint32_t i = 0; i < semaphores(); ++i) cells_[i].semaphore.wake_forgotten();
  }

  void verify(State& s) {
    const Tally all = sum(tallies_, host_.workers());
    report(host_);
    std::uint64_t acquisitions = 0, violations = 0, inside = 0, lost = 0;
    std::uint32_t most = 0;
    for (const Admitted& a : admitted()) {
      acquisitions += a.resource.acquisitions;
      violations += a.resource.violations;
      inside += a.resource.inside;
      lost += a.lost_words(words());
      most = std::max(most, a.resource.most_inside);
    }
    if (most_inside() == 1) most = acquisitions == 0 ? 0 : violations == 0 ? 1 : 2;
    host_.counter(2, most);
    host_.counter(3, static_cast<double>(all.given_up));
    if (violations != 0)
      throw wrong(most_inside() == 1 ? "somebody was inside with another, with 1 permit"
                                     : std::to_string(most) + " were inside at once with " +
                                           std::to_string(most_inside()) + " permits");
    if (acquisitions != all.operations)
      throw wrong("the workers took " + std::to_string(all.operations) + " permits, the resource counts " +
                  std::to_string(acquisitions));
    expect_none(inside, "never came out");
    expect_none(lost, "words of the section's memory lost a holder");
    expect_none(all.stale, "holders found no free slot inside");
    expect_none(all.intruded, "times a slot's words changed under their holder");
    if (s.relay.misordered() != 0)
      throw wrong(std::to_string(s.relay.misordered()) +
                  (use_ == ring ? " times a worker was woken out of turn" : " events were missed or heard twice"));
    for (std::uint32_t i = 0; i < semaphores(); ++i)
      count_permits(cells_[i].semaphore, use_ == limit ? permits() : s.relay.expected(i));
  }

  void teardown() { destroy(); }

 private:
  [[nodiscard]] std::uint32_t permits() const { return static_cast<std::uint32_t>(permits_); }
  [[nodiscard]] std::uint32_t semaphores() const {
    return use_ == limit ? static_cast<std::uint32_t>(locks) : host_.workers();
  }
  // One for each semaphore that limits; where one wakes another, one for all.
  [[nodiscard]] std::span<Admitted> admitted() const { return {admitted_, static_cast<std::size_t>(locks)}; }
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

  static constexpr auto give_up_parameters() {
    if constexpr (S::info.fifo)
      return std::tuple<>{};
    else
      return std::make_tuple(boolean("try", &Permitted::try_, false, "look for a permit over and over, never wait"),
                             duration("timeout", &Permitted::timeout_ns_, 0, 0, longest_ns,
                                      "give up after so long and try again; 0: wait as long as it takes"));
  }

  bool taken(S& semaphore) const {
    if (try_ || timeout_ns_ > 0) return semaphore.acquire_within(timeout_ns_);
    semaphore.acquire();
    return true;
  }

  // Plain: one semaphore, fixed lengths, nothing else; the other is a few ns an operation dearer.
  template <bool Plain, bool Passed>
  void loop(Worker w, State& s) {
    Turns turns(*this, w);
    const std::uint64_t fixed_section = section_of(w.index()), fixed_outside = outside;
    Tally mine{};
    while (w.go()) {
      const std::uint32_t which = Plain || Passed ? 0 : turns.lock();
      Admitted& admitted = admitted_[which];
      S& semaphore = cells_[Passed ? w.index() : which].semaphore;
      const std::uint64_t steps = Plain ? fixed_section : turns.section();
      if (Plain) {
        w.wait(admitted.resource);
        semaphore.acquire();
      } else {
        insist(w, admitted.resource, FG_WRITE, mine, [&] { return taken(semaphore); });
      }
      if (Passed && s.relay.closing()) {
        w.gave_up(admitted.resource);
        s.relay.pass_on(w.index());
        break;
      }
      w.acquired(admitted.resource);
      if (Plain)
        work(steps);
      else
        admitted.hold({steps, words(), most_inside() == 1, check_}, w, mine);
      w.released(admitted.resource);
      Passed ? s.relay.pass_on(w.index()) : semaphore.release();
      work(Plain ? fixed_outside : turns.outside());
      ++mine.operations;
      w.count();
      if (!Plain) turns.pause();
    }
    if (Passed) s.relay.leave(w.index());
    tallies_[w.index()] += mine;
  }

  Host host_;
  bool as_processes_ = false, check_ = false, try_ = false;
  std::int64_t use_ = limit, permits_ = 1, timeout_ns_ = 0;
  std::uint32_t made_ = 0;        // semaphores that are there
  Tally* tallies_ = nullptr;      // shared
  Admitted* admitted_ = nullptr;  // shared
  Cell* cells_ = nullptr;         // shared
};

}  // namespace fairground::kit
