// queue-moodycamel: moodycamel::ConcurrentQueue: each producer has a queue of its own, and consumers go round. So the
// order among producers is nobody's; that of each one's items is kept.
#include "kit/tsan.h"
#if defined(KIT_TSAN) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wtsan"  // it uses fences, which ThreadSanitizer doesn't know: see library.hpp
#endif
#include <concurrentqueue/concurrentqueue.h>

#include <new>
#include <optional>

#include "kit/library.hpp"
#include "kit/queue.hpp"

namespace {
using fairground::kit::in_library;

struct Moodycamel {
  static constexpr fairground::kit::QueueInfo info{
      .id = "queue-moodycamel",
      .summary = "moodycamel's ConcurrentQueue: a queue for each producer",
  };
  using Queue = moodycamel::ConcurrentQueue<std::uint64_t>;
  struct Local {
    std::optional<moodycamel::ProducerToken> producer;
    std::optional<moodycamel::ConsumerToken> consumer;
  };
  void join(Local& local, fairground::Worker) {
    in_library(this, [&] {
      local.producer.emplace(queue);
      local.consumer.emplace(queue);
    });
  }
  void leave(Local& local) {
    in_library(this, [&] { local = {}; });
  }

  bool push(Local& local, std::uint64_t item) {
    if (!in_library(this, [&] { return queue.enqueue(*local.producer, item); })) throw std::bad_alloc();
    return true;
  }
  bool pop(Local& local, std::uint64_t& item) {
    return in_library(
        this, [&] { return local.consumer ? queue.try_dequeue(*local.consumer, item) : queue.try_dequeue(item); });
  }

  Queue queue;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_moodycamel, fairground::kit::Queued<Moodycamel>)
