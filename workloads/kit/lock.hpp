// From a short description of a lock to its whole workload. A lock is
//
//   struct Spin {
//     static constexpr fairground::kit::LockInfo info{.id = "spin", .group = "spin", .summary = "..."};
//     struct Local {};              // a worker's own: the node of a queue; default-constructible
//     void lock(Local&);            // [worker]
//     void unlock(Local&);          // [worker]
//     bool try_lock(Local&);        // [worker] optional: brings the parameter `try`
//   };
//   FAIRGROUND_WORKLOAD(spin, fairground::kit::Locked<Spin>)
//
// It is default-constructed in the shared state, on lines of its own. The loop is templated on it: nothing is indirect.
//
// Parameters: section, outside (ns, calibrated: busy.hpp), check (the validating twin), and try where there is
// try_lock. Every trial verifies that the plain counter in the section is the sum of the workers' own tallies and that
// nobody entered while another was inside. With check=true each holder also looks whether the words before it are those
// the holder before left, writes its own, and looks again at its end.
#pragma once

#include <concepts>
#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>

#include "kit/busy.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct LockInfo {
  const char* id;
  const char* group;       // spin, blocking, queue
  const char* summary;     // one line
  bool fifo = false;       // first come, first served: promises fairness; else starvation is expected
  bool blocks = false;     // a waiter may sleep
  bool processes = false;  // works in memory that processes share
  std::uint32_t version = 1;
};

template <class L>
concept HasTryLock = requires(L l, typename L::Local local) {
  { l.try_lock(local) } -> std::same_as<bool>;
};

template <class L>
class Locked {
 public:
  static constexpr Description description{
      .id = L::info.id,
      .family = "locks",
      .group = L::info.group,
      .control = "none",
      .summary = L::info.summary,
      .operation = "acquisition",
      .invariant =
          "the plain counter in the section is the sum of the workers' tallies; nobody enters while another is "
          "inside; with check, all words in the section are those of the last holder",
      .version = L::info.version,
      .capabilities = FG_CONTENDED | (L::info.blocks ? FG_MAY_BLOCK : 0u) | (L::info.processes ? FG_PROCESSES : 0u),
      .expects = L::info.fifo ? 0u : FG_EXPECTS(FG_STARVATION),
      .promises_fairness = L::info.fifo,
  };
  static constexpr Counter counters[] = {
      {"section_steps", "dependent steps that the critical section came to on this machine"},
      {"outside_steps", "dependent steps that the work outside came to on this machine"},
  };
  static constexpr auto parameters() {
    constexpr auto common =
        std::make_tuple(duration("section", &Locked::section_ns_, 100, 0, 1e9, "length of the critical section"),
                        duration("outside", &Locked::outside_ns_, 100, 0, 1e9, "work between two acquisitions"),
                        boolean("check", &Locked::check_, false, "look at every word inside the section"));
    if constexpr (HasTryLock<L>) {
      return std::tuple_cat(
          common, std::make_tuple(boolean("try", &Locked::try_, false, "take it with try_lock, over and over")));
    } else {
      return common;
    }
  }

  struct alignas(line) Guarded {
    fg_resource resource;
    std::uint64_t counter;  // plain on purpose: a lock that lets two in loses increments
    Canary canary;          // touched with check only
  };
  struct State {
    alignas(line) L lock;
    Guarded guarded;
  };
  struct alignas(line) Local {
    typename L::Local lock;
  };

  explicit Locked(Host host) : host_(host) {}

  void setup(State& s) {
    const Busy busy = Busy::calibrate();
    section_ = busy.steps(section_ns_);
    outside_ = busy.steps(outside_ns_);
    tallies_ = host_.shared<Tally>(host_.workers());
    host_.resource(s.guarded.resource, FG_EXCLUSIVE, 1, L::info.id);
  }

  void run(Worker w, State& s, Local& local) {
    if constexpr (HasTryLock<L>) {
      if (try_) return check_ ? loop<true, true>(w, s, local.lock) : loop<false, true>(w, s, local.lock);
    }
    check_ ? loop<true, false>(w, s, local.lock) : loop<false, false>(w, s, local.lock);
  }

  void verify(State& s) {
    host_.counter(0, static_cast<double>(section_));
    host_.counter(1, static_cast<double>(outside_));
    const Guarded& g = s.guarded;
    const Tally all = sum(tallies_, host_.workers());
    if (g.counter != all.operations || g.resource.acquisitions != all.operations)
      throw wrong("the workers entered " + std::to_string(all.operations) + " times, but the counter they guard says " +
                  std::to_string(g.counter) + " and the resource " + std::to_string(g.resource.acquisitions));
    if (g.resource.violations != 0)
      throw wrong(std::to_string(g.resource.violations) + " times somebody was inside who should not have been");
    if (all.intruded != 0)
      throw wrong(std::to_string(all.intruded) + " times the section's words changed under their holder");
    if (all.stale != 0)
      throw wrong(std::to_string(all.stale) + " times a holder found other words than the one before had left");
  }

 private:
  template <bool Try>
  static void acquire(Worker w, State& s, typename L::Local& local) {
    w.wait(s.guarded.resource);
    if constexpr (Try) {
      while (!s.lock.try_lock(local)) {
        w.gave_up(s.guarded.resource);
        relax();
        w.wait(s.guarded.resource);
      }
    } else {
      s.lock.lock(local);
    }
    w.acquired(s.guarded.resource);
  }

  // The section of the validating twin. Before it, the words say the counter; inside, the counter and who is inside.
  static void checked_section(Guarded& g, std::uint64_t steps, Worker w, Tally& mine) {
    const std::uint64_t inside = g.counter | (w.index() + 1ull) << 48;
    if (!g.canary.says(g.counter)) ++mine.stale;
    g.canary.say(inside);
    work(steps);
    if (!g.canary.says(inside)) ++mine.intruded;
    g.canary.say(g.counter + 1);
  }

  template <bool Check, bool Try>
  void loop(Worker w, State& s, typename L::Local& local) {
    const std::uint64_t section = section_, outside = outside_;
    Tally mine{};
    while (w.go()) {
      acquire<Try>(w, s, local);
      if constexpr (Check)
        checked_section(s.guarded, section, w, mine);
      else
        work(section);
      s.guarded.counter += 1;
      w.released(s.guarded.resource);
      s.lock.unlock(local);
      work(outside);
      ++mine.operations;
      w.count();
    }
    tallies_[w.index()] += mine;
  }

  Host host_;
  std::int64_t section_ns_ = 0, outside_ns_ = 0;
  bool check_ = false, try_ = false;
  std::uint64_t section_ = 0, outside_ = 0;  // steps
  Tally* tallies_ = nullptr;                 // shared
};

}  // namespace fairground::kit
