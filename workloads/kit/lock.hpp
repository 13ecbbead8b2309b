// From a short description of a lock to its whole workload. A lock is
//
//   struct Spin {
//     static constexpr fairground::kit::LockInfo info{.id = "spin", .group = "spin", .summary = "..."};
//     struct Local {};              // a worker's own: the node of a queue; default-constructible
//     void lock(Local&);            // [worker]
//     void unlock(Local&);          // [worker]
//   };
//   FAIRGROUND_WORKLOAD(spin, fairground::kit::Locked<Spin>)
//
// It is default-constructed in shared memory, on lines of its own, and destroyed at the end. The loops are templated on
// it: nothing is indirect. A worker has one Local, holds one lock at a time, and may take several in turn. Optional:
//
//   bool try_lock(Local&);                    // [worker] brings the parameter `try`
//   bool lock_for(Local&, std::int64_t ns);   // [worker] brings `timeout`; false: the time ran out
//   void lock_shared(Local&), unlock_shared(Local&);  // [worker] makes it a lock with readers: `read-ratio`,
//   `writers`;
//                                             // it then needs try_lock_shared and lock_shared_for for those two
//   void init(Host, bool as_processes);       // [control, in setup] after construction; may throw as setup may
//   void join(Local&, Worker), leave(Local&); // [worker] for each lock, before the worker's loop and after it
//   static constexpr Counter counters[];      // figures of its own, with
//   double counter(std::size_t) const;        // [control, in verify] the value; with several locks the sum is reported
//
// Parameters: those of load.hpp, check (the validating twin) and those above. Every trial verifies (guarded.hpp) that
// the plain counters in the sections are the sum of the workers' own tallies, that all words of the sections' memory
// say the same, that nobody entered while a writer was inside, and that nothing changed while a reader was. With
// check=true each holder also looks whether the words before it are those the holder before left; a writer writes its
// own, and all look again at their end.
#pragma once

#include <array>
#include <cstdint>
#include <fairground/workload.hpp>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <tuple>

#include "kit/guarded.hpp"
#include "kit/load.hpp"
#include "kit/lock_traits.hpp"
#include "kit/relax.hpp"
#include "kit/taking.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

template <class L>
class Locked : public Load {
 public:
  static constexpr Description description{
      .id = L::info.id,
      .family = "locks",
      .group = L::info.group,
      .control = "none",
      .summary = L::info.summary,
      .operation = "acquisition",
      .invariant = HasShared<L>
                       ? "the plain counter in the section is the sum of the workers' writes; no writer is inside with "
                         "another, nor with a reader, to whom nothing changes; with check, all words in the section "
                         "are those of the last writer"
                       : "the plain counter in the section is the sum of the workers' tallies; nobody enters while "
                         "another is inside; with check, all words in the section are those of the last holder",
      .version = L::info.version,
      .capabilities = FG_CONTENDED | (L::info.blocks ? FG_MAY_BLOCK : 0u) | (L::info.processes ? FG_PROCESSES : 0u),
      .expects = L::info.promises_fairness() ? 0u : FG_EXPECTS(FG_STARVATION),
      .promises_fairness = L::info.promises_fairness(),
  };
  static constexpr auto counters = lock_counters<L>();
  static constexpr auto parameters() {
    return std::tuple_cat(
        Load::parameters(),
        std::make_tuple(boolean("check", &Locked::check_, false, "look at every word in the section")), try_parameter(),
        timeout_parameter(), shared_parameters());
  }

  struct Cell {
    alignas(line) L lock;
    Guarded guarded;
  };
  struct alignas(line) Local {
    typename L::Local lock;
  };

  explicit Locked(Host host) : host_(host) {}

  void configure(const Configuration& c) {
    as_processes_ = c.as_processes();
    if (try_ && timeout_ns_ > 0) throw bad_parameter("try and timeout: one of them");
    if (writers_ > static_cast<std::int64_t>(c.workers()))
      throw bad_parameter("there are fewer workers than writers=" + std::to_string(writers_));
  }

  void setup() {
    calibrate();
    cells_ = host_.shared<Cell>(static_cast<std::size_t>(locks));
    tallies_ = host_.shared<Tally>(host_.workers());
    for (Cell& c : cells()) {
      host_.resource(c.guarded.resource, HasShared<L> ? FG_SHARED : FG_EXCLUSIVE, HasShared<L> ? 0 : 1, L::info.id);
      if (words() > 0) c.guarded.memory = host_.shared<std::uint64_t>(words());
      if constexpr (HasInit<L>) c.lock.init(host_, as_processes_);
    }
  }

  void worker_start(Worker w, Local& local) {
    enlist(w.index());
    if constexpr (HasJoin<L>)
      for (Cell& c : cells()) c.lock.join(local.lock, w);
  }
  void worker_stop(Worker, Local& local) {
    if constexpr (HasJoin<L>)
      for (Cell& c : cells()) c.lock.leave(local.lock);
  }

  void run(Worker w, Local& local) {
    Tally mine{};
    if (!HasShared<L> && plain() && !check_ && !try_ && timeout_ns_ == 0)
      plain_loop(w, cells_[0], local.lock, mine);
    else
      varied_loop(w, local.lock, mine);
    tallies_[w.index()] += mine;
  }

  // Its class, where writers and readers are different workers; else NULL.
  [[nodiscard]] const char* worker_class(std::uint32_t worker) const {
    if (writers_ == 0) return nullptr;
    return worker < writers_ ? "writer" : "reader";
  }

  void verify() {
    const Tally all = sum(tallies_, host_.workers());
    report_counters(all);
    std::uint64_t writes = 0, acquisitions = 0, violations = 0, inside = 0, lost = 0;
    for (const Cell& c : cells()) {
      writes += c.guarded.counter;
      acquisitions += c.guarded.resource.acquisitions;
      violations += c.guarded.resource.violations;
      inside += c.guarded.resource.inside;
      lost += c.guarded.lost_words(words());
    }
    if (writes != all.operations - all.reads || acquisitions != all.operations)
      throw wrong("the workers entered " + std::to_string(all.operations) + " times, " + std::to_string(all.reads) +
                  " of them to read, but the counter they guard says " + std::to_string(writes) + " and the resource " +
                  std::to_string(acquisitions));
    expect_none(violations, "times somebody was inside who should not have been");
    expect_none(inside, "never came out");
    expect_none(lost, "words of the section's memory lost a write");
    expect_none(all.intruded, "times the section's words changed under their holder");
    expect_none(all.stale, "times a holder found other words than the one before had left");
  }

  void teardown() { std::destroy(cells().begin(), cells().end()); }

 protected:
  // [control, from setup on]
  [[nodiscard]] std::span<Cell> cells() const { return {cells_, static_cast<std::size_t>(locks)}; }

 private:
  static constexpr auto try_parameter() {
    if constexpr (HasTry<L>)
      return std::make_tuple(
          fair("false", boolean("try", &Locked::try_, false, "take it with try_lock, over and over")));
    else
      return std::tuple<>{};
  }
  static constexpr auto timeout_parameter() {
    if constexpr (HasTimed<L>)
      return std::make_tuple(fair("0", duration("timeout", &Locked::timeout_ns_, 0, 0, longest_ns,
                                                "give up after so long and try again; 0: wait as long as it takes")));
    else
      return std::tuple<>{};
  }
  static constexpr auto shared_parameters() {
    if constexpr (HasShared<L>)
      return std::make_tuple(
          ratio("read-ratio", &Locked::read_ratio_, 0.9, 0.0, 1.0, "so many of the acquisitions only read"),
          integer("writers", &Locked::writers_, 0, 0, 65'536,
                  "the first so many workers only write, the others only read; 0: all do both", "workers"));
    else
      return std::tuple<>{};
  }

  void report_counters(const Tally& all) const {
    report(host_);
    std::uint32_t index = std::size(Load::counters);
    host_.counter(index++, static_cast<double>(all.given_up));
    if constexpr (HasShared<L>) host_.counter(index++, static_cast<double>(all.reads));
    if constexpr (HasCounters<L>)
      for (std::size_t i = 0; i < std::size(L::counters); ++i) {
        double total = 0.0;
        for (const Cell& c : cells()) total += c.lock.counter(i);
        host_.counter(index++, total);
      }
  }

  // One lock, fixed lengths, nothing else.
  void plain_loop(Worker w, Cell& c, typename L::Local& local, Tally& mine) {
    const std::uint64_t steps = section_of(w.index()), after = outside;
    std::uint64_t operations = 0;
    while (w.go()) {
      w.wait(c.guarded.resource);
      c.lock.lock(local);
      w.acquired(c.guarded.resource);
      work(steps);
      c.guarded.counter += 1;
      w.released(c.guarded.resource);
      c.lock.unlock(local);
      work(after);
      ++operations;
      w.count();
    }
    mine.operations = operations;
  }

  // Everything else. A few ns an operation dearer.
  void varied_loop(Worker w, typename L::Local& local, Tally& mine) {
    Turns turns(*this, w);
    const std::uint64_t reading = reading_chance(w.index());
    while (w.go()) {
      Cell& c = cells_[turns.lock()];
      const fg_access access = reading != 0 && turns.chance(reading) ? FG_READ : FG_WRITE;
      const Guarded::Section section{turns.section(), words(), check_};
      acquire(w, c, local, access, mine);
      if (access == FG_READ) {
        c.guarded.read(section, mine);
        ++mine.reads;
      } else {
        c.guarded.write(section, w, mine);
      }
      w.released(c.guarded.resource, access);
      give_back(c.lock, local, access);
      work(turns.outside());
      ++mine.operations;
      w.count();
      turns.pause();
    }
  }

  // How likely it is, of 2^32, that this worker's next acquisition only reads.
  [[nodiscard]] std::uint64_t reading_chance([[maybe_unused]] std::uint32_t worker) const {
    constexpr double always = 4294967296.0;
    if constexpr (!HasShared<L>) return 0;
    if (writers_ == 0) return static_cast<std::uint64_t>(read_ratio_ * always);
    return worker < writers_ ? 0 : static_cast<std::uint64_t>(always);
  }

  void acquire(Worker w, Cell& c, typename L::Local& local, fg_access access, Tally& mine) const {
    const Manner how{try_, timeout_ns_};
    insist(w, c.guarded.resource, access, mine, [&] { return take(c.lock, local, access, how); });
    w.acquired(c.guarded.resource, access);
  }

  Host host_;
  bool as_processes_ = false, check_ = false, try_ = false;
  std::int64_t timeout_ns_ = 0, writers_ = 0;
  double read_ratio_ = 0.0;
  Cell* cells_ = nullptr;     // shared, one a lock
  Tally* tallies_ = nullptr;  // shared
};

}  // namespace fairground::kit
