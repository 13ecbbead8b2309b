// queue-tbb: oneTBB's concurrent_queue: unbounded, in pages of items over which tickets spread the workers.
#include <tbb/concurrent_queue.h>

#include "kit/library.hpp"
#include "kit/queue.hpp"

namespace {
using fairground::kit::in_library;

struct Tbb {
  static constexpr fairground::kit::QueueInfo info{.id = "queue-tbb", .summary = "oneTBB's unbounded concurrent_queue"};
  struct Local {};
  bool push(Local&, std::uint64_t item) {
    in_library(this, [&] { queue.push(item); });
    return true;
  }
  bool pop(Local&, std::uint64_t& item) {
    return in_library(this, [&] { return queue.try_pop(item); });
  }

  tbb::concurrent_queue<std::uint64_t> queue;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_tbb, fairground::kit::Queued<Tbb>)
