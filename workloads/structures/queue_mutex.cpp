// queue-mutex: what one writes first: a std::queue, and a std::mutex around it. Who finds it empty has waited for the
// mutex in vain, which is recorded as a wait that was given up.
#include <mutex>
#include <optional>
#include <queue>

#include "kit/queue.hpp"

namespace {
class Mutex {
 public:
  static constexpr fairground::kit::QueueInfo info{
      .id = "queue-mutex",
      .summary = "std::queue under a std::mutex",
      .contended = true,
      .blocks = true,
  };
  struct Local {
    std::optional<fairground::Worker> worker;  // none: control, in verify
  };
  void init(fairground::Host host, std::uint32_t capacity) {
    capacity_ = capacity;
    host.resource(resource_, FG_EXCLUSIVE, 1, info.id);
  }
  void join(Local& local, fairground::Worker w) { local.worker = w; }
  void leave(Local&) {}

  bool push(Local& local, std::uint64_t item) {
    return locked(local, [&] {
      if (items_.size() >= capacity_) return false;
      items_.push(item);
      return true;
    });
  }
  bool pop(Local& local, std::uint64_t& item) {
    return locked(local, [&] {
      if (items_.empty()) return false;
      item = items_.front();
      items_.pop();
      return true;
    });
  }

 private:
  template <class F>
  bool locked(Local& local, F&& f) {
    if (!local.worker) return f();
    local.worker->wait(resource_);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!f()) {
      local.worker->gave_up(resource_);
      return false;
    }
    local.worker->acquired(resource_);
    local.worker->released(resource_);
    return true;
  }

  std::mutex mutex_;
  alignas(fairground::kit::line) fg_resource resource_{};
  std::size_t capacity_ = 0;
  std::queue<std::uint64_t> items_;
};
}  // namespace

FAIRGROUND_WORKLOAD(queue_mutex, fairground::kit::Queued<Mutex>)
