// cna: a queue lock that hands over within a memory node, after D. Dice and A. Kogan, "Compact NUMA-aware Locks",
// EuroSys 2019. It is MCS's queue (Mellor-Crummey and Scott, 1991); who releases looks for the next waiter on its own
// node, and moves those it passes over to a second queue, which travels with the lock. With a small probability, and
// when nobody of the node waits, the second queue goes first.
#include <atomic>

#include "kit/random.hpp"
#include "kit/tuned.hpp"

namespace {
struct Cna {
  static constexpr fairground::kit::LockInfo info{
      .id = "cna",
      .group = "queue",
      .summary = "a queue of nodes that prefers waiters on the holder's memory node, and at random the others",
      .processes = true,
  };
  struct Options : fairground::kit::NodeOptions {
    std::int64_t stay = 0;
    static constexpr auto parameters() {
      return std::tuple_cat(NodeOptions::parameters(),
                            std::make_tuple(fairground::integer(
                                "stay", &Options::stay, 65'536, 1, 1ll << 32,
                                "hand-overs within a memory node, on average, before others are let in")));
    }
  };
  struct alignas(fairground::kit::line) Waiter {
    std::atomic<Waiter*> next;
    std::atomic<bool> granted;
    std::uint32_t node;                            // memory node
    Waiter *passed_over_first, *passed_over_last;  // the second queue: the holder's; NULL if it is empty
  };
  struct Local {
    Waiter* me = nullptr;
    fairground::kit::Random random{0};
    std::uint64_t stay = 1;
  };

  void tune(fairground::Host host, const Options& options) {
    stay = static_cast<std::uint64_t>(options.stay);
    waiters = host.shared<Waiter>(host.workers());
    const auto node = options.of_workers(host);
    for (std::uint32_t i = 0; i < host.workers(); ++i) waiters[i].node = node[i % node.size()];
  }
  void join(Local& local, fairground::Worker w) {
    local = {&waiters[w.index()], fairground::kit::Random(w.seed()), stay};
  }
  void leave(Local&) {}

  void lock(Local& local) {
    Waiter& me = *local.me;
    me.next.store(nullptr, std::memory_order_relaxed);
    me.granted.store(false, std::memory_order_relaxed);
    me.passed_over_first = nullptr;
    Waiter* before = last.exchange(&me, std::memory_order_acq_rel);
    if (before == nullptr) return;
    before->next.store(&me, std::memory_order_release);
    while (!me.granted.load(std::memory_order_acquire)) fairground::kit::relax();
  }
  bool try_lock(Local& local) {
    Waiter& me = *local.me;
    me.next.store(nullptr, std::memory_order_relaxed);
    me.passed_over_first = nullptr;
    Waiter* none = nullptr;
    return last.compare_exchange_strong(none, &me, std::memory_order_acq_rel);
  }
  void unlock(Local& local) {
    Waiter& me = *local.me;
    Waiter* const other = me.passed_over_first;
    Waiter* next = me.next.load(std::memory_order_acquire);
    if (next == nullptr) {
      // Nobody else came: the second queue, if there is one, becomes the queue.
      Waiter* end = &me;
      Waiter* const new_end = other == nullptr ? nullptr : me.passed_over_last;
      if (last.compare_exchange_strong(end, new_end, std::memory_order_acq_rel)) {
        if (other != nullptr) grant(*other, nullptr, nullptr);
        return;
      }
      while ((next = me.next.load(std::memory_order_acquire)) == nullptr) fairground::kit::relax();
    }
    Waiter* const near = local.random.below(local.stay) != 0 ? pass_over(me, next) : nullptr;
    if (near != nullptr) {
      grant(*near, me.passed_over_first, me.passed_over_last);
    } else if (other != nullptr) {
      me.passed_over_last->next.store(next, std::memory_order_release);
      grant(*other, nullptr, nullptr);
    } else {
      grant(*next, nullptr, nullptr);
    }
  }

  static void grant(Waiter& waiter, Waiter* first, Waiter* last) {
    waiter.passed_over_first = first;
    waiter.passed_over_last = last;
    waiter.granted.store(true, std::memory_order_release);
  }
  // The first waiter on the memory node of `me`, having moved those before it to the end of the second queue; NULL,
  // with nothing moved, if there is none.
  static Waiter* pass_over(Waiter& me, Waiter* first) {
    Waiter* before = nullptr;
    for (Waiter* w = first; w != nullptr; before = w, w = w->next.load(std::memory_order_acquire)) {
      if (w->node != me.node) continue;
      if (before == nullptr) return w;
      before->next.store(nullptr, std::memory_order_relaxed);
      if (me.passed_over_first == nullptr)
        me.passed_over_first = first;
      else
        me.passed_over_last->next.store(first, std::memory_order_release);
      me.passed_over_last = before;
      return w;
    }
    return nullptr;
  }

  std::atomic<Waiter*> last;
  Waiter* waiters = nullptr;
  std::uint64_t stay = 1;
};
}  // namespace

FAIRGROUND_WORKLOAD(cna, fairground::kit::Tuned<Cna>)
