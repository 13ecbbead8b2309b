// From a short description of a queue to its whole workload, producers and consumers. A queue is
//
//   struct Tbb {
//     static constexpr fairground::kit::QueueInfo info{.id = "queue-tbb", .summary = "..."};
//     struct Local {};                        // a worker's own: a token; default-constructible
//     bool push(Local&, std::uint64_t item);  // [worker] false: it is full
//     bool pop(Local&, std::uint64_t& item);  // [worker; or control, in verify] false: it is empty
//   };
//   FAIRGROUND_WORKLOAD(queue_tbb, fairground::kit::Queued<Tbb>)
//
// It is default-constructed in shared memory, on lines of its own, and destroyed at the end. Optional:
//
//   void init(Host, std::uint32_t capacity);        // [control, in setup]
//   void join(Local&, Worker), leave(Local&);       // [worker] before the worker's loop and after it
//
// Parameters: producers, capacity and those of between.hpp. Whoever finds it full or empty tries again, with patience
// (patience.hpp). An item says who made it and as its how many-th. Every trial verifies that what was taken, with what
// is left at the end, is what was put in, each item once: the number of items and the sum of their hashes agree. And
// each consumer sees any one producer's items in the order of their making.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "kit/between.hpp"
#include "kit/patience.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"

namespace fairground::kit {

struct QueueInfo {
  const char* id;
  const char* summary;     // one line
  bool contended = false;  // says around its lock what resource.h asks for
  bool blocks = false;     // a waiter may sleep
  std::uint32_t version = 2;
};

template <class Q>
class Queued : public Between {
 public:
  static constexpr Description description{
      .id = Q::info.id,
      .family = "structures",
      .group = "queue",
      .control = Q::info.contended ? "none" : nullptr,
      .summary = Q::info.summary,
      .operation = "item",
      .invariant =
          "what was taken and what is left is what was put in, each item once; a consumer sees the items of "
          "any one producer in order",
      .version = Q::info.version,
      .capabilities = (Q::info.contended ? FG_CONTENDED : 0u) | (Q::info.blocks ? FG_MAY_BLOCK : 0u),
      .expects = FG_EXPECTS(FG_STARVATION),
  };
  static constexpr Counter counters[] = {
      {"items", "items that were put in"},
      {"left_items", "items that were never taken out"},
      {"full", "tries that found the queue full"},
      {"empty", "tries that found it empty"},
  };
  static constexpr auto parameters() {
    return std::tuple_cat(
        std::make_tuple(
            integer("producers", &Queued::producers_, 0, 0, 65'535,
                    "the first so many workers put in, the others take out; 0: half of them; a lone worker does both",
                    "workers"),
            size("capacity", &Queued::capacity_, 1024, 2, 32'768, "items in it, above which producers wait")),
        Between::parameters(100, "work between two items"));
  }

  // What one worker has done. Its first line is read by all.
  struct alignas(line) Account {
    std::uint64_t items;                 // put in, or taken out; atomic
    alignas(line) std::uint64_t hashes;  // their sum
    std::uint64_t misordered, full, empty;
  };
  struct State {
    alignas(line) Q queue;
    alignas(line) std::uint32_t producing;  // how many there still are; atomic
    std::uint32_t consuming;
  };
  struct Local {
    typename Q::Local queue;
  };

  explicit Queued(Host host) : host_(host) {}

  void configure(const Configuration& c) {
    workers_ = c.workers();
    if (producers_ == 0) producers_ = workers_ / 2;
    if (workers_ > 1 && producers_ >= workers_)
      throw bad_parameter("producers=" + std::to_string(producers_) + " leaves no worker to take anything out");
    alone_ = workers_ == 1;
  }
  [[nodiscard]] const char* worker_class(std::uint32_t worker) const {
    if (alone_) return nullptr;
    return worker < producers_ ? "producer" : "consumer";
  }

  void setup(State& s) {
    calibrate();
    accounts_ = host_.shared<Account>(2 * workers_);
    s.producing = alone_ ? 1 : static_cast<std::uint32_t>(producers_);
    s.consuming = alone_ ? 1 : workers_ - s.producing;
    if constexpr (requires { s.queue.init(host_, 1u); }) s.queue.init(host_, static_cast<std::uint32_t>(capacity_));
  }

  void worker_start(Worker w, [[maybe_unused]] State& s, [[maybe_unused]] Local& local) {
    enlist(w.index());
    if constexpr (requires { s.queue.join(local.queue, w); }) s.queue.join(local.queue, w);
  }
  void worker_stop(Worker, [[maybe_unused]] State& s, [[maybe_unused]] Local& local) {
    if constexpr (requires { s.queue.leave(local.queue); }) s.queue.leave(local.queue);
  }

  void run(Worker w, State& s, Local& local) {
    Rest rest(*this, w);
    if (alone_) return both(w, s, local, rest);
    if (w.index() < producers_) {
      while (w.go() && put(w, s, local)) step(w, rest);
      __atomic_fetch_sub(&s.producing, 1, __ATOMIC_RELEASE);
    } else {
      std::vector<std::uint64_t> last(static_cast<std::size_t>(producers_));
      while (w.go() && take(w, s, local, last)) step(w, rest);
      __atomic_fetch_sub(&s.consuming, 1, __ATOMIC_RELEASE);
    }
  }

  void verify(State& s) {
    Account in{}, out{};
    for (std::uint32_t i = 0; i < workers_; ++i) {
      add(in, made(i));
      add(out, taken(i));
    }
    const std::uint64_t taken_items = out.items;
    typename Q::Local local{};
    for (std::uint64_t item = 0; s.queue.pop(local, item);) {
      out.items += 1;
      out.hashes += hash(item);
    }
    host_.counter(0, static_cast<double>(in.items));
    host_.counter(1, static_cast<double>(out.items - taken_items));
    host_.counter(2, static_cast<double>(in.full));
    host_.counter(3, static_cast<double>(out.empty));
    if (in.items != out.items)
      throw wrong(std::to_string(in.items) + " items were put in, but " + std::to_string(out.items) + " came out");
    if (in.hashes != out.hashes) throw wrong("as many items came out as were put in, but not the same");
    if (out.misordered != 0)
      throw wrong(std::to_string(out.misordered) + " items came out after a later one of the same producer");
  }

 private:
  // Producer and how many-th; never 0.
  static std::uint64_t item(std::uint32_t producer, std::uint64_t number) {
    return static_cast<std::uint64_t>(producer) << 48 | number;
  }
  static std::uint64_t hash(std::uint64_t item) { return Random(item)(); }
  static void add(Account& sum, const Account& one) {
    sum.items += one.items;
    sum.hashes += one.hashes;
    sum.misordered += one.misordered;
    sum.full += one.full;
    sum.empty += one.empty;
  }
  Account& made(std::uint32_t worker) { return accounts_[2 * worker]; }
  Account& taken(std::uint32_t worker) { return accounts_[2 * worker + 1]; }

  static void step(Worker w, Rest& rest) {
    rest();
    w.count();
  }

  // An unbounded queue would take all memory if its producers are the faster ones. So now and then they look.
  bool crowded() const {
    std::uint64_t in = 0, out = 0;
    for (std::uint32_t i = 0; i < workers_; ++i) {
      out += __atomic_load_n(&accounts_[2 * i + 1].items, __ATOMIC_RELAXED);
      in += __atomic_load_n(&accounts_[2 * i].items, __ATOMIC_RELAXED);
    }
    return in > out + static_cast<std::uint64_t>(capacity_);
  }

  // false: nobody takes anything any more.
  bool put(Worker w, State& s, Local& local) {
    Account& mine = made(w.index());
    const std::uint64_t number = mine.items + 1, what = item(w.index(), number);
    Patience patience;
    while ((number % 64 == 0 && crowded()) || !s.queue.push(local.queue, what)) {
      ++mine.full;
      if (__atomic_load_n(&s.consuming, __ATOMIC_ACQUIRE) == 0) return false;
      patience();
    }
    mine.hashes += hash(what);
    __atomic_store_n(&mine.items, number, __ATOMIC_RELAXED);
    return true;
  }

  // false: it is empty, and nobody puts anything in any more.
  bool take(Worker w, State& s, Local& local, std::vector<std::uint64_t>& last) {
    Account& mine = taken(w.index());
    std::uint64_t what = 0;
    Patience patience;
    for (bool over = false; !s.queue.pop(local.queue, what);) {
      ++mine.empty;
      if (over) return false;
      over = __atomic_load_n(&s.producing, __ATOMIC_ACQUIRE) == 0;  // then look once more
      patience();
    }
    mine.hashes += hash(what);
    __atomic_store_n(&mine.items, mine.items + 1, __ATOMIC_RELAXED);
    const std::uint64_t producer = what >> 48, number = what & 0xffff'ffff'ffff;
    if (producer >= last.size() || number <= last[producer])
      ++mine.misordered;
    else
      last[producer] = number;
    return true;
  }

  // In and out, in turn.
  void both(Worker w, State& s, Local& local, Rest& rest) {
    std::vector<std::uint64_t> last(1);
    while (w.go()) {
      if (!put(w, s, local)) return;
      step(w, rest);
      if (!w.go()) return;
      if (!take(w, s, local, last)) return;
      step(w, rest);
    }
  }

  Host host_;
  std::uint32_t workers_ = 1;
  bool alone_ = false;
  std::int64_t producers_ = 0, capacity_ = 0;
  Account* accounts_ = nullptr;  // shared, two a worker: what it put in, what it took out
};

}  // namespace fairground::kit
