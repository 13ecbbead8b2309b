// rcu-urcu: read-copy-update with liburcu, its flavour with membarrier(2). Readers write nothing that others read and
// never wait; whoever replaces the object waits until all who may still hold the old one have let go of it.
#include <urcu/urcu-memb.h>

#include <mutex>
#include <vector>

#include "kit/published.hpp"
#include "kit/tsan.h"

namespace {
using fairground::kit::Words;

class Urcu {
 public:
  static constexpr fairground::kit::PublishedInfo info{
      .id = "rcu-urcu",
      .summary = "liburcu: readers never wait, a writer waits for all readers that were there before",
  };
  struct Local {};
  void init(fairground::Host, std::size_t words) {
    for (auto& object : objects_) object.assign(words, 0);
    current_ = &objects_[0];
  }
  void join(Local&, fairground::Worker) { urcu_memb_register_thread(); }
  void leave(Local&) { urcu_memb_unregister_thread(); }

  template <class F>
  void read(Local&, F&& f) {
    urcu_memb_read_lock();
    f(Words(*__atomic_load_n(&current_, __ATOMIC_ACQUIRE)));  // rcu_dereference, in the words of C++
    kit_tsan_release(objects_);
    urcu_memb_read_unlock();
  }
  template <class F>
  void write(Local&, F&& f) {
    const std::lock_guard<std::mutex> lock(writers_);
    Object* const old = current_;
    Object* const made = old == &objects_[0] ? &objects_[1] : &objects_[0];
    f(Words(*old), Words(*made));
    __atomic_store_n(&current_, made, __ATOMIC_RELEASE);
    urcu_memb_synchronize_rcu();
    kit_tsan_acquire(objects_);
    old->assign(old->size(), UINT64_MAX);  // who still reads it shall see
  }

 private:
  using Object = std::vector<std::uint64_t>;
  std::mutex writers_;
  Object objects_[2];
  alignas(fairground::kit::line) Object* current_ = nullptr;  // atomic
};
}  // namespace

FAIRGROUND_WORKLOAD(rcu_urcu, fairground::kit::Published<Urcu>)
