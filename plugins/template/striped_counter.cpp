// striped-counter: all workers add to a few shared counters; the more stripes there are, the fewer of them collide.
#include <atomic>
#include <fairground/workload.hpp>

struct StripedCounter {
  static constexpr fairground::Description description{
      .id = "striped-counter",
      .family = "template",
      .group = "atomics",
      .summary = "additions to a shared counter split into stripes",
      .operation = "addition",
      .invariant = "the stripes add up to the additions that the workers made",
      .capabilities = FG_PROCESSES,
  };
  std::int64_t stripes = 1;
  static constexpr auto parameters() {
    return std::tuple{
        fairground::integer("stripes", &StripedCounter::stripes, 1, 1, 64, "worker i adds to i modulo this")};
  }
  struct alignas(64) Stripe {
    std::atomic<std::uint64_t> value;
  };
  struct State {
    Stripe stripe[64];
    std::atomic<std::uint64_t> made;
  };

  void run(fairground::Worker w, State& s) {
    auto& value = s.stripe[w.index() % stripes].value;
    std::uint64_t mine = 0;
    for (; w.go(); w.count(), ++mine) value.fetch_add(1, std::memory_order_relaxed);
    s.made += mine;
  }
  void verify(State& s) {
    std::uint64_t sum = 0;
    for (const Stripe& stripe : s.stripe) sum += stripe.value;
    if (sum != s.made)
      throw fairground::wrong(std::to_string(s.made) + " additions, but a sum of " + std::to_string(sum));
  }
};

FAIRGROUND_PLUGIN("striped-counter", StripedCounter)
