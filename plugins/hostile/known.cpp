// known-*: well-behaved workloads whose throughput, gaps and shares are known beforehand, or stated by their own
// counters: the truth that a measurement is held against. README.md says what has to come out.
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <fairground/workload.hpp>
#include <vector>

#include "clock.hpp"

namespace {

using fairground::Worker;
using hostile::now_ns;
using Atomic = std::atomic<std::int64_t>;

constexpr const char* ways[] = {"spin", "sleep", nullptr};
constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1'000'000'000;

void raise_to(Atomic& most, std::int64_t value) {
  for (std::int64_t seen = most; seen < value && !most.compare_exchange_weak(seen, value);) {
  }
}

// The time from which schedules run, the same for all workers: when the first of them came.
std::int64_t begin_of(Atomic& begin) {
  std::int64_t none = 0;
  const std::int64_t now = now_ns();
  return begin.compare_exchange_strong(none, now) ? now : none;
}

// What a worker counted is what stands on its line, whatever was measured meanwhile.
void check_count(const Worker& w, std::int64_t operations) {
  const auto counted = static_cast<std::int64_t>(w.c_worker()->count);
  if (counted != operations)
    throw fairground::wrong("worker " + std::to_string(w.index()) + " did " + std::to_string(operations) +
                            " operations, but " + std::to_string(counted) + " stand on its line");
}

constexpr fairground::Description about(const char* id, const char* summary, const char* invariant) {
  return {.id = id,
          .family = "known",
          .group = "known",
          .summary = summary,
          .invariant = invariant,
          .capabilities = FG_PROCESSES | FG_MAY_BLOCK};
}
constexpr const char* counted = "each worker's line shows the operations that it did";

// Operations of one given length.
struct KnownRate {
  static constexpr auto description = about("known-rate", "operations of one given length", counted);
  std::int64_t op = 1000, by = 0;
  static constexpr auto parameters() {
    return std::tuple{
        fairground::duration("op", &KnownRate::op, 1000, 0, second,
                             "length of an operation; 0: an empty loop; reading the clock takes some 30 ns"),
        fairground::choice("by", &KnownRate::by, ways, 0, "how the time passes")};
  }
  static constexpr fairground::Counter counters[] = {
      {"operations", "operations of all workers, from start to stop"},
      {"mean_operation_ns", "time that all workers spent in run, over their operations"},
      {"longest_operation_ns", "the longest of all, 0 if they are too short to be timed"}};
  struct State {
    Atomic operations, spent_ns, longest_ns;
  };
  fairground::Host host;
  explicit KnownRate(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::int64_t done = 0, longest = 0;
    const std::int64_t begin = now_ns();
    std::int64_t now = begin;
    for (; w.go(); w.count(), ++done) {
      if (op == 0) continue;
      const std::int64_t from = now;
      now = hostile::pass(from, op, by == 1);
      longest = std::max(longest, now - from);
    }
    s.operations += done;
    s.spent_ns += now_ns() - begin;
    raise_to(s.longest_ns, longest);
    check_count(w, done);
  }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.operations));
    if (s.operations > 0) host.counter(1, static_cast<double>(s.spent_ns) / static_cast<double>(s.operations));
    host.counter(2, static_cast<double>(s.longest_ns));
  }
};

// Empty operations that become slow ones and back, for all workers at once.
struct KnownChange {
  static constexpr auto description =
      about("known-change", "empty operations that become long ones and back, on a schedule", counted);
  std::int64_t fast_for = 0, slow_for = 0, slow = 0, by = 0;
  static constexpr auto parameters() {
    return std::tuple{
        fairground::duration("fast-for", &KnownChange::fast_for, 300 * ms, ms, 100 * second,
                             "time of empty operations"),
        fairground::duration("slow-for", &KnownChange::slow_for, 300 * ms, ms, 100 * second, "time of long operations"),
        fairground::duration("slow", &KnownChange::slow, 5 * ms, 1000, second, "length of a long operation"),
        fairground::choice("by", &KnownChange::by, ways, 1, "how a long operation passes its time")};
  }
  static constexpr fairground::Counter counters[] = {{"fast_operations", "empty operations of all workers"},
                                                     {"slow_operations", "long operations of all workers"},
                                                     {"changes", "changes from empty to long ones, of all workers"},
                                                     {"longest_operation_ns", "the longest of the long ones"}};
  struct State {
    Atomic begin, fast, slow, changes, longest_ns;
  };
  fairground::Host host;
  explicit KnownChange(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::int64_t fast = 0, slow_done = 0, changes = 0, longest = 0;
    const std::int64_t begin = begin_of(s.begin);
    bool is_slow = false;
    for (std::int64_t turn = 0; w.go(); w.count(), ++turn) {
      if (is_slow || turn % 1024 == 0) {  // so the change comes at most 1,023 empty operations late
        const std::int64_t now = now_ns();
        const bool was_slow = is_slow;
        is_slow = (now - begin) % (fast_for + slow_for) >= fast_for;
        changes += is_slow && !was_slow ? 1 : 0;
        if (is_slow) longest = std::max(longest, hostile::pass(now, slow, by == 1) - now);
      }
      ++(is_slow ? slow_done : fast);
    }
    s.fast += fast, s.slow += slow_done, s.changes += changes;
    raise_to(s.longest_ns, longest);
    check_count(w, fast + slow_done);
  }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.fast));
    host.counter(1, static_cast<double>(s.slow));
    host.counter(2, static_cast<double>(s.changes));
    host.counter(3, static_cast<double>(s.longest_ns));
  }
};

// Empty operations, with one long stall every now and then.
struct KnownStall {
  static constexpr auto description = about("known-stall", "empty operations that stall now and then", counted);
  std::int64_t stall = 0, every = 0, by = 0, worker = 0;
  static constexpr auto parameters() {
    return std::tuple{
        fairground::duration("stall", &KnownStall::stall, 50 * ms, 1000, 10 * second, "length of a stall"),
        fairground::duration("every", &KnownStall::every, 2 * second, ms, 100 * second,
                             "time from one stall to the next; the first comes after half of it"),
        fairground::choice("by", &KnownStall::by, ways, 1, "how a stall passes its time"),
        fairground::integer("worker", &KnownStall::worker, 0, -1, 1'000'000,
                            "the worker that stalls; -1: all of them")};
  }
  static constexpr fairground::Counter counters[] = {{"stalls_done", "stalls of all workers, from start to stop"},
                                                     {"stalled_ns", "time spent in them"},
                                                     {"longest_stall_ns", "the longest of them"}};
  struct State {
    Atomic begin, stalls, stalled_ns, longest_ns;
  };
  fairground::Host host;
  explicit KnownStall(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    const bool stalls = worker < 0 || worker == w.index();
    std::int64_t next = begin_of(s.begin) + every / 2, turn = 0;
    for (; w.go(); w.count(), ++turn) {
      if (!stalls || turn % 256 != 0) continue;
      const std::int64_t now = now_ns();
      if (now < next) continue;
      const std::int64_t length = hostile::pass(now, stall, by == 1) - now;
      s.stalls += 1, s.stalled_ns += length;
      raise_to(s.longest_ns, length);
      while (next <= now) next += every;
    }
    check_count(w, turn);
  }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.stalls));
    host.counter(1, static_cast<double>(s.stalled_ns));
    host.counter(2, static_cast<double>(s.longest_ns));
  }
};

// Worker i completes weight_i operations a period, whatever the scheduler does, as long as there is time enough.
struct KnownShares {
  static constexpr auto description =
      about("known-shares", "each worker does a given number of operations a period", counted);
  std::int64_t period = 0;
  std::string weights;
  static constexpr auto parameters() {
    return std::tuple{fairground::duration("period", &KnownShares::period, 10 * ms, ms, 10 * second, "one round"),
                      fairground::text("weights", &KnownShares::weights, "1,2,4",
                                       "operations a period of worker 0, 1, ..., from the first again after the last")};
  }
  static constexpr fairground::Counter counters[] = {
      {"operations", "operations of all workers, from start to stop"},
      {"latest_ns", "the most that an operation came after its time: above a period, shares may be off"}};
  struct State {
    Atomic begin, operations, latest_ns;
  };
  fairground::Host host;
  explicit KnownShares(fairground::Host h) : host(h) {}
  std::vector<std::int64_t> weight;

  void configure(const fairground::Configuration&) {
    const char* const end = weights.data() + weights.size();
    for (const char* at = weights.data();; ++at) {
      std::int64_t value = 0;
      const auto [next, fault] = std::from_chars(at, end, value);
      if (fault != std::errc() || value < 1 || value > 1000 || (next != end && *next != ','))
        throw fairground::bad_parameter("weights: whole numbers from 1 to 1000 with commas between, not \"" + weights +
                                        "\"");
      weight.push_back(value);
      if (next == end) return;
      at = next;
    }
  }
  void run(Worker w, State& s) {
    const std::int64_t mine = weight[w.index() % weight.size()];
    const std::int64_t begin = begin_of(s.begin);
    std::int64_t done = (now_ns() - begin) * mine / period;  // what was due before this worker came is nobody's
    std::int64_t latest = 0;
    const std::int64_t before = done;
    for (; w.go(); w.count(), ++done) {
      const std::int64_t due = begin + (done + 1) * period / mine;
      hostile::sleep_until(due);
      latest = std::max(latest, now_ns() - due);
    }
    s.operations += done - before;
    raise_to(s.latest_ns, latest);
    check_count(w, done - before);
  }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.operations));
    host.counter(1, static_cast<double>(s.latest_ns));
  }
};

// One worker never completes an operation.
struct KnownAbsent {
  static constexpr auto description =
      about("known-absent", "one worker never completes an operation, the others empty ones", counted);
  std::int64_t worker = 0, by = 0;
  static constexpr const char* absences[] = {"asking", "blocked", nullptr};
  static constexpr auto parameters() {
    return std::tuple{fairground::integer("worker", &KnownAbsent::worker, 0, 0, 1'000'000, "the worker that is absent"),
                      fairground::choice("by", &KnownAbsent::by, absences, 0,
                                         "asks whether to go on and does nothing; or sleeps until it is woken")};
  }
  static constexpr fairground::Counter counters[] = {{"operations", "operations of the others, from start to stop"},
                                                     {"woken", "1 if the absent worker was woken"}};
  struct State {
    Atomic operations, woken;
    std::atomic<bool> awake;
  };
  fairground::Host host;
  explicit KnownAbsent(fairground::Host h) : host(h) {}

  void run(Worker w, State& s) {
    std::int64_t done = 0;
    if (worker != w.index()) {
      for (; w.go(); ++done) w.count();
    } else if (by == 0) {
      while (w.go()) hostile::sleep_until(now_ns() + ms);
    } else {
      while (!s.awake) hostile::sleep_until(now_ns() + ms);
      s.woken = 1;
    }
    s.operations += done;
    check_count(w, done);
  }
  void wake(State& s) { s.awake = true; }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.operations));
    host.counter(1, static_cast<double>(s.woken));
  }
};

// An unfair lock, unfair in a known way: who is granted next is drawn, worker 0 with the given probability and the
// others alike; or all take turns but for each k-th grant, which is worker 0's. Whoever it is waits already or is
// waited for.
struct KnownGrants {
  static constexpr fairground::Description description{
      .id = "known-grants",
      .family = "known",
      .group = "known",
      .summary = "a lock whose grants are drawn: worker 0's with a given probability, or each k-th out of turn",
      .operation = "grant",
      .invariant = "each is granted what was drawn for it",
      .capabilities = FG_PROCESSES | FG_CONTENDED,
      .expects = FG_EXPECTS(FG_STARVATION)};
  double probability = 0.25;
  std::int64_t out_of_turn = 0;
  static constexpr auto parameters() {
    return std::tuple{
        fairground::ratio("probability", &KnownGrants::probability, 0.25, 0.001, 1, "that worker 0 is next"),
        fairground::integer("out-of-turn", &KnownGrants::out_of_turn, 0, 0, 1'000'000,
                            "all take turns but for each so manieth grant, which is worker 0's; 0: they are drawn")};
  }
  static constexpr fairground::Counter counters[] = {{"grants", "from start to stop"},
                                                     {"grants_of_worker_0", "of them"}};
  struct State {
    fg_resource lock;
    alignas(64) std::atomic<std::uint32_t> next;  // whose turn it is
    std::atomic<bool> over;
    std::uint32_t turn;  // of those who take turns
    std::uint64_t drawn, of_worker_0;
  };
  fairground::Host host;
  explicit KnownGrants(fairground::Host h) : host(h) {}

  void setup(State& s) {
    host.resource(s.lock, FG_EXCLUSIVE, 1, "lock");
    draw(s);
  }
  void run(Worker w, State& s) {
    for (; w.go(); w.count()) {
      w.wait(s.lock);
      for (unsigned looks = 1; s.next.load(std::memory_order_acquire) != w.index(); ++looks) {
        if (s.over.load(std::memory_order_relaxed)) return w.gave_up(s.lock);
        if (looks % 256 == 0) sched_yield();
      }
      w.acquired(s.lock);
      w.released(s.lock);
      draw(s);
    }
  }
  void wake(State& s) { s.over = true; }
  void verify(State& s) {
    host.counter(0, static_cast<double>(s.drawn));
    host.counter(1, static_cast<double>(s.of_worker_0));
  }

 private:
  void draw(State& s) {
    const std::uint64_t k = ++s.drawn;
    std::uint32_t who = 0;
    if (out_of_turn > 0) {
      if (k % static_cast<std::uint64_t>(out_of_turn) != 0) who = s.turn++ % host.workers();
    } else if (const std::uint64_t random = hash(host.seed() + k);
               static_cast<double>(random >> 11) * 0x1p-53 >= probability) {
      who = host.workers() < 2 ? 0 : 1 + static_cast<std::uint32_t>(hash(random) % (host.workers() - 1));
    }
    if (who == 0) ++s.of_worker_0;
    s.next.store(who, std::memory_order_release);
  }
  // SplitMix64's mixing (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
  static std::uint64_t hash(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }
};

}  // namespace

FAIRGROUND_PLUGIN("known", KnownRate, KnownChange, KnownStall, KnownShares, KnownAbsent, KnownGrants)
