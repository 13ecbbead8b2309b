// queue-boost: boost::lockfree::queue: the linked queue of Michael and Scott (PODC 1996), its nodes from a free list of
// `capacity`.
#include <boost/lockfree/queue.hpp>
#include <optional>

#include "kit/library.hpp"
#include "kit/queue.hpp"

namespace {
using fairground::kit::in_library;

struct Boost {
  static constexpr fairground::kit::QueueInfo info{
      .id = "queue-boost",
      .summary = "boost::lockfree::queue: a linked list, its nodes allocated beforehand",
  };
  struct Local {};
  void init(fairground::Host, std::uint32_t capacity) { queue.emplace(capacity); }
  bool push(Local&, std::uint64_t item) {
    return in_library(this, [&] { return queue->bounded_push(item); });
  }
  bool pop(Local&, std::uint64_t& item) {
    return in_library(this, [&] { return queue->pop(item); });
  }

  std::optional<boost::lockfree::queue<std::uint64_t>> queue;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_boost, fairground::kit::Queued<Boost>)
