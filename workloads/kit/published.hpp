// From a short description of how an object is published to its whole workload: many read it, and now and then somebody
// replaces it. A way to publish is
//
//   class Rcu {
//     static constexpr fairground::kit::PublishedInfo info{.id = "rcu-urcu", .summary = "..."};
//     struct Local {};                                        // a worker's own; default-constructible
//     void init(Host, std::size_t words);                     // [control, in setup]
//     void join(Local&, Worker), leave(Local&);               // [worker] before the worker's loop and after it
//     template <class F> void read(Local&, F&& f);            // [worker] f(const Words&), which nobody changes
//     meanwhile template <class F> void write(Local&, F&& f);           // [worker, one at a time] f(const Words& old,
//     Words& made)
//   };
//   FAIRGROUND_WORKLOAD(rcu_urcu, fairground::kit::Published<Rcu>)
//
// where Words are std::span<std::uint64_t>, and `old` and `made` may be the same. Whoever replaces an object spoils it
// before it is used again, so that a reader whom it was taken away from sees that.
//
// Parameters: words, section, read-ratio and those of between.hpp. All words of an object say how many-th it is. Every
// trial verifies that readers find them so, again at the end of their section; that no worker goes back to an older
// object; and that the last one is as many-th as there were writes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fairground/workload.hpp>
#include <span>
#include <string>
#include <tuple>

#include "kit/between.hpp"
#include "kit/busy.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"

namespace fairground::kit {

struct PublishedInfo {
  const char* id;
  const char* summary;     // one line
  bool contended = false;  // says around its lock what resource.h asks for
  std::uint32_t version = 2;
};
using Words = std::span<std::uint64_t>;

template <class P>
class Published : public Between {
 public:
  static constexpr Description description{
      .id = P::info.id,
      .family = "structures",
      .group = "published",
      .control = P::info.contended ? "none" : nullptr,
      .summary = P::info.summary,
      .operation = "access",
      .invariant =
          "a reader finds all words of one object alike, from beginning to end, and never goes back to an older "
          "one; the last object is as many-th as there were writes",
      .version = P::info.version,
      .capabilities = (P::info.contended ? FG_CONTENDED : 0u) | FG_MAY_BLOCK,
      .expects = FG_EXPECTS(FG_STARVATION),
  };
  static constexpr Counter counters[] = {
      {"reads", "accesses that only read"},
      {"writes", "objects that were published"},
  };
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::make_tuple(
            integer("words", &Published::words_, 8, 1, 65'536, "length of the object", "words"),
            duration("section", &Published::section_ns_, 0, 0, 1e9, "work with the object in hand"),
            ratio("read-ratio", &Published::read_ratio_, 0.99, 0.0, 1.0, "so many of the accesses only read")),
        Between::parameters(100, "work between two accesses"));
  }

  // What one worker has seen and done.
  struct alignas(line) Account {
    std::uint64_t reads, writes;
    std::uint64_t torn;   // objects whose words were not alike, or changed
    std::uint64_t older;  // than one that it had seen before
    std::uint64_t newest;
  };
  struct State {
    alignas(line) P published;
  };
  struct Local {
    typename P::Local published;
  };

  explicit Published(Host host) : host_(host) {}

  void setup(State& s) {
    const Busy busy = Busy::calibrate();
    section_ = busy.steps(section_ns_);
    calibrate(busy);
    accounts_ = host_.shared<Account>(host_.workers());
    s.published.init(host_, static_cast<std::size_t>(words_));
  }
  void worker_start(Worker w, State& s, Local& local) {
    enlist(w.index());
    s.published.join(local.published, w);
  }
  void worker_stop(Worker, State& s, Local& local) { s.published.leave(local.published); }

  void run(Worker w, State& s, Local& local) {
    constexpr double always = 4294967296.0;
    const auto reading = static_cast<std::uint64_t>(read_ratio_ * always);
    Random random(w.seed());
    Rest rest(*this, w);
    Account mine{};
    while (w.go()) {
      if (random() >> 32 < reading)
        read(s, local, mine);
      else
        write(s, local, mine);
      rest();
      w.count();
    }
    accounts_[w.index()] = mine;
  }

  void verify() {
    Account all{};
    for (std::uint32_t i = 0; i < host_.workers(); ++i) {
      const Account& one = accounts_[i];
      all.reads += one.reads;
      all.writes += one.writes;
      all.torn += one.torn;
      all.older += one.older;
      all.newest = std::max(all.newest, one.newest);
    }
    host_.counter(0, static_cast<double>(all.reads));
    host_.counter(1, static_cast<double>(all.writes));
    if (all.torn != 0)
      throw wrong(std::to_string(all.torn) + " times an object changed, or was none, in its reader's hands");
    if (all.older != 0) throw wrong(std::to_string(all.older) + " times a worker saw an older object than before");
    if (all.writes != 0 && all.newest != all.writes)
      throw wrong(std::to_string(all.writes) + " objects were published, but the newest says " +
                  std::to_string(all.newest));
  }

 private:
  static bool alike(Words object, std::uint64_t number) {
    bool all = true;
    for (const std::uint64_t word : object) all &= word == number;
    return all;
  }

  void read(State& s, Local& local, Account& mine) const {
    s.published.read(local.published, [&](Words object) {
      const std::uint64_t number = object[0];
      bool whole = alike(object, number);
      work(section_);
      asm volatile("" ::: "memory");  // look again
      whole &= alike(object, number);
      if (!whole) ++mine.torn;
      if (number < mine.newest) ++mine.older;
      mine.newest = number;
    });
    ++mine.reads;
  }

  void write(State& s, Local& local, Account& mine) const {
    s.published.write(local.published, [&](Words old, Words made) {
      const std::uint64_t number = old[0] + 1;
      if (!alike(old, number - 1)) ++mine.torn;
      work(section_);
      for (std::uint64_t& word : made) word = number;
      if (number <= mine.newest) ++mine.older;
      mine.newest = number;
    });
    ++mine.writes;
  }

  Host host_;
  std::int64_t words_ = 1, section_ns_ = 0;
  double read_ratio_ = 0.0;
  std::uint64_t section_ = 0;    // steps
  Account* accounts_ = nullptr;  // shared
};

}  // namespace fairground::kit
