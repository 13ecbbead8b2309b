// queue-tbb-bounded: oneTBB's concurrent_bounded_queue, which says no when it is full. Its blocking push and pop are
// not used, so that all queues wait in one way.
#include <tbb/concurrent_queue.h>

#include "kit/library.hpp"
#include "kit/queue.hpp"

namespace {
using fairground::kit::in_library;

struct TbbBounded {
  static constexpr fairground::kit::QueueInfo info{.id = "queue-tbb-bounded",
                                                   .summary = "oneTBB's concurrent_bounded_queue"};
  struct Local {};
  void init(fairground::Host, std::uint32_t capacity) { queue.set_capacity(capacity); }
  bool push(Local&, std::uint64_t item) {
    return in_library(this, [&] { return queue.try_push(item); });
  }
  bool pop(Local&, std::uint64_t& item) {
    return in_library(this, [&] { return queue.try_pop(item); });
  }

  tbb::concurrent_bounded_queue<std::uint64_t> queue;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_tbb_bounded, fairground::kit::Queued<TbbBounded>)
