// ck-swlock: Concurrency Kit's lock for a single writer and many readers: one word, whose top bit is the writer's. The
// writer only ever waits for readers, and no reader comes in once the bit is set. Worker 0 is the writer.
#include "kit/ck.hpp"

extern "C" {
#include <ck_swlock.h>
}

namespace {
struct CkSwlockLock : fairground::kit::CkShared<ck_swlock_t, ck_swlock_init, ck_swlock_write_lock,
                                                ck_swlock_write_unlock, ck_swlock_read_lock, ck_swlock_read_unlock> {
  static constexpr fairground::kit::LockInfo info{
      .id = "ck-swlock",
      .group = "reader-writer",
      .summary = "Concurrency Kit's lock for one writer and many readers in one word: the writer goes first",
      .processes = true,
  };
};

// There is one writer, neither more nor less.
struct CkSwlock : fairground::kit::Locked<CkSwlockLock> {
  using Locked::Locked;
  static constexpr auto parameters() {
    auto all = Locked::parameters();
    fg_parameter& writers = std::get<std::tuple_size_v<decltype(all)> - 1>(all).description;
    writers.minimum = writers.maximum = 1.0;
    writers.default_value.integer = 1;
    writers.help = "worker 0 only writes, the others only read";
    return all;
  }
};
}  // namespace

FAIRGROUND_WORKLOAD(ck_swlock, CkSwlock)
