// cas-loop: compare-and-swap until it succeeds: who has the line keeps winning, the others try again.
#include "kit/counted.hpp"

namespace {
struct CasLoop {
  static constexpr fairground::kit::CountedInfo info{
      .id = "cas-loop",
      .summary = "compare_exchange on one word until it succeeds",
  };
  static std::uint64_t add(std::atomic<std::uint64_t>& word, std::uint64_t& tries) {
    std::uint64_t old = word.load(std::memory_order_relaxed);
    do {
      ++tries;
    } while (!word.compare_exchange_weak(old, old + 1));
    return old;
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(cas_loop, fairground::kit::Counted<CasLoop>)
