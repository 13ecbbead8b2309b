// queue-cds: the linked queue of Michael and Scott (PODC 1996) in libcds: a node is allocated for each item, and freed
// once no hazard pointer names it.
#include <cds/container/msqueue.h>

#include <optional>

#include "kit/library.hpp"
#include "kit/queue.hpp"
#include "structures/cds_threads.hpp"

namespace {
using fairground::kit::CdsThreads, fairground::kit::in_library;

struct Cds {
  static constexpr fairground::kit::QueueInfo info{
      .id = "queue-cds",
      .summary = "libcds's MSQueue: a linked list, its nodes freed by hazard pointers",
  };
  struct Local {};
  void init(fairground::Host host, std::uint32_t) {
    threads.emplace(host.workers());
    queue.emplace();
  }
  ~Cds() {
    in_library(this, [&] {
      queue.reset();
      threads.reset();
    });
  }
  void join(Local&, fairground::Worker) { in_library(this, CdsThreads::attach); }
  void leave(Local&) { in_library(this, CdsThreads::detach); }
  bool push(Local&, std::uint64_t item) {
    return in_library(this, [&] { return queue->enqueue(item); });
  }
  bool pop(Local&, std::uint64_t& item) {
    return in_library(this, [&] { return queue->dequeue(item); });
  }

  std::optional<CdsThreads> threads;
  std::optional<cds::container::MSQueue<cds::gc::HP, std::uint64_t>> queue;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_cds, fairground::kit::Queued<Cds>)
