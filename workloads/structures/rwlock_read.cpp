// rwlock-read: what rcu-urcu does, under a pthread reader-writer lock: readers write to the lock's line twice, and wait
// for writers.
#include <pthread.h>

#include <optional>
#include <vector>

#include "kit/published.hpp"

namespace {
using fairground::kit::Words;

class Rwlock {
 public:
  static constexpr fairground::kit::PublishedInfo info{
      .id = "rwlock-read",
      .summary = "the job of rcu-urcu under a pthread rwlock",
      .contended = true,
  };
  struct Local {
    std::optional<fairground::Worker> worker;
  };
  ~Rwlock() { pthread_rwlock_destroy(&lock_); }

  void init(fairground::Host host, std::size_t words) {
    object_.assign(words, 0);
    host.resource(resource_, FG_SHARED, 0, info.id);
  }
  void join(Local& local, fairground::Worker w) { local.worker = w; }
  void leave(Local&) {}

  template <class F>
  void read(Local& local, F&& f) {
    local.worker->wait(resource_, FG_READ);
    pthread_rwlock_rdlock(&lock_);
    local.worker->acquired(resource_, FG_READ);
    f(Words(object_));
    local.worker->released(resource_, FG_READ);
    pthread_rwlock_unlock(&lock_);
  }
  template <class F>
  void write(Local& local, F&& f) {
    local.worker->wait(resource_, FG_WRITE);
    pthread_rwlock_wrlock(&lock_);
    local.worker->acquired(resource_, FG_WRITE);
    f(Words(object_), Words(object_));
    local.worker->released(resource_, FG_WRITE);
    pthread_rwlock_unlock(&lock_);
  }

 private:
  pthread_rwlock_t lock_ = PTHREAD_RWLOCK_INITIALIZER;
  alignas(fairground::kit::line) fg_resource resource_{};
  std::vector<std::uint64_t> object_;
};
}  // namespace

FAIRGROUND_WORKLOAD(rwlock_read, fairground::kit::Published<Rwlock>)
