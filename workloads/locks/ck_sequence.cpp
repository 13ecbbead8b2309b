// ck-sequence: the sequence lock of Concurrency Kit. Readers take nothing and write nothing: they copy, and start over
// if a writer was there meanwhile. Writers exclude each other with a lock beside it (ck-fas). Readers never hold a
// writer up, and may read in vain for as long as somebody writes. The section of a reader is the time between its two
// looks.
//
// Who only reads is never inside together with anybody in the sense of a lock, so the resource counts as one with a
// permit for each worker, and exclusion is verified by what the workers find in the words.
#include "kit/busy.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"
#include "kit/tsan.h"

extern "C" {
#include <ck_sequence.h>
#include <spinlock/fas.h>
}

namespace {
using namespace fairground::kit;
using fairground::Worker;

class CkSequence {
 public:
  static constexpr fairground::Description description{
      .id = "ck-sequence",
      .family = "locks",
      .group = "reader-writer",
      .control = "none",
      .summary = "Concurrency Kit's sequence lock: readers copy, and start over if a writer was there meanwhile",
      .operation = "acquisition",
      .invariant =
          "a reader finds the words of the write that its sequence number says, all of them; the plain counter in "
          "the section is the sum of the workers' writes; no writer finds other words than the last one left",
      .version = 2,
      .capabilities = FG_CONTENDED | FG_PROCESSES,
      .expects = FG_EXPECTS(FG_STARVATION),
  };
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::duration("section", &CkSequence::section_ns_, 100, 0, 1e9, "length of the critical section"),
        fairground::duration("outside", &CkSequence::outside_ns_, 100, 0, 1e9, "work between two acquisitions"),
        fairground::ratio("read-ratio", &CkSequence::read_ratio_, 0.9, 0.0, 1.0,
                          "so many of the acquisitions only read"),
        fairground::integer("writers", &CkSequence::writers_, 0, 0, 65'536,
                            "the first so many workers only write, the others only read; 0: all do both", "workers"));
  }
  static constexpr fairground::Counter counters[] = {
      {"section_steps", "dependent steps that the critical section came to on this machine"},
      {"outside_steps", "dependent steps that the work outside came to on this machine"},
      {"reads", "acquisitions that only read"},
      {"retries", "reads in vain: a writer was there meanwhile"},
  };
  struct State {
    alignas(line) ck_sequence_t sequence;
    alignas(line) ck_spinlock_fas_t writer;
    alignas(line) fg_resource resource;
    std::uint64_t counter;  // of writes, plain
    Canary canary;
  };

  explicit CkSequence(fairground::Host host) : host_(host) {}

  void configure(const fairground::Configuration& c) {
    if (writers_ > static_cast<std::int64_t>(c.workers()))
      throw fairground::bad_parameter("there are fewer workers than writers=" + std::to_string(writers_));
  }
  void setup(State& s) {
    const Busy busy = Busy::calibrate();
    section_ = busy.steps(section_ns_);
    outside_ = busy.steps(outside_ns_);
    tallies_ = host_.shared<Tally>(host_.workers());
    host_.resource(s.resource, FG_PERMITS, host_.workers(), "sequence");
  }
  [[nodiscard]] const char* worker_class(std::uint32_t worker) const {
    if (writers_ == 0) return nullptr;
    return worker < writers_ ? "writer" : "reader";
  }

  void run(Worker w, State& s) {
    constexpr double always = 4294967296.0;
    const bool one_class = writers_ > 0;
    const bool only_reads = one_class && w.index() >= writers_;
    const auto reading = static_cast<std::uint64_t>((one_class ? only_reads : read_ratio_) * always);
    Random random(w.seed());
    Tally mine{};
    for (; w.go(); w.count(), ++mine.operations) {
      if (random() >> 32 < reading)
        read(w, s, mine);
      else
        write(w, s, mine);
      work(outside_);
    }
    tallies_[w.index()] += mine;
  }

  void verify(State& s) {
    const Tally all = sum(tallies_, host_.workers());
    host_.counter(0, static_cast<double>(section_));
    host_.counter(1, static_cast<double>(outside_));
    host_.counter(2, static_cast<double>(all.reads));
    host_.counter(3, static_cast<double>(all.given_up));
    if (s.counter != all.operations - all.reads)
      throw fairground::wrong("the workers wrote " + std::to_string(all.operations - all.reads) +
                              " times, but the counter they guard says " + std::to_string(s.counter));
    if (all.stale != 0)
      throw fairground::wrong(std::to_string(all.stale) + " reads found other words than the last write had left");
    if (all.intruded != 0)
      throw fairground::wrong(std::to_string(all.intruded) + " times a writer found words that no writer had left");
  }

 private:
  // What the words say while the sequence is that.
  static std::uint64_t number_of(unsigned sequence) { return sequence / 2; }

  void read(Worker w, State& s, Tally& mine) const {
    bool whole = false;
    w.wait(s.resource, FG_READ);
    for (;;) {
      const unsigned version = ck_sequence_read_begin(&s.sequence);
      whole = s.canary.says(number_of(version));
      work(section_);
      whole &= s.canary.says(number_of(version));
      if (!ck_sequence_read_retry(&s.sequence, version)) break;
      ++mine.given_up;
    }
    w.acquired(s.resource, FG_READ);
    w.released(s.resource, FG_READ);
    mine.stale += whole ? 0 : 1;
    ++mine.reads;
  }
  void write(Worker w, State& s, Tally& mine) const {
    w.wait(s.resource);
    ck_spinlock_fas_lock(&s.writer);
    kit_tsan_acquire(&s.writer);
    w.acquired(s.resource);
    const std::uint64_t number = number_of(s.sequence.sequence), next = number_of(s.sequence.sequence + 2);
    mine.intruded += s.canary.says(number) ? 0 : 1;
    ck_sequence_write_begin(&s.sequence);
    s.canary.say(next);
    work(section_);
    mine.intruded += s.canary.says(next) ? 0 : 1;
    s.counter += 1;
    ck_sequence_write_end(&s.sequence);
    w.released(s.resource);
    kit_tsan_release(&s.writer);
    ck_spinlock_fas_unlock(&s.writer);
  }

  fairground::Host host_;
  std::int64_t section_ns_ = 0, outside_ns_ = 0, writers_ = 0;
  double read_ratio_ = 0.0;
  std::uint64_t section_ = 0, outside_ = 0;  // steps
  Tally* tallies_ = nullptr;                 // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_sequence, CkSequence)
