// queue-ck-ring: Concurrency Kit's ring buffer for many producers and consumers: two positions moved by
// compare-and-swap. A consumer waits for the producer before the one that it needs, if that one was interrupted while
// it wrote.
#include "kit/ck_shim.h"
#include "kit/queue.hpp"
#include "kit/tsan.h"

namespace {
class CkRing {
 public:
  static constexpr fairground::kit::QueueInfo info{
      .id = "queue-ck-ring",
      .summary = "Concurrency Kit's ring buffer for many producers and consumers",
  };
  struct Local {};
  CkRing() = default;
  ~CkRing() { kit_ck_ring_destroy(ring_); }
  CkRing(const CkRing&) = delete;
  CkRing& operator=(const CkRing&) = delete;

  void init(fairground::Host, std::uint32_t capacity) {
    ring_ = kit_ck_ring_create(capacity);
    if (ring_ == nullptr) throw fairground::no_resource("no memory for the ring");
  }
  bool push(Local&, std::uint64_t item) {
    kit_tsan_release(ring_);
    return kit_ck_ring_push(ring_, item) != 0;
  }
  bool pop(Local&, std::uint64_t& item) {
    if (kit_ck_ring_pop(ring_, &item) == 0) return false;
    kit_tsan_acquire(ring_);
    return true;
  }

 private:
  kit_ck_ring* ring_ = nullptr;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_ck_ring, fairground::kit::Queued<CkRing>)
