// A TBB arena that obeys the pinning: n slots, slot i on place i, the caller in one of them.
//
// Without help an arena that a pinned thread uses first takes its size from that thread's affinity and runs on one
// unit. So `global_control` is raised to n, and an observer pins whoever enters slot i, oversubscribed or not. A thread
// keeps the last place it was put on; the caller gets its own affinity back.
#pragma once

#include <sched.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_scheduler_observer.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fairground/workload.hpp>
#include <memory>
#include <new>
#include <utility>

namespace fairground::kit {

class Team {
 public:
  // [worker] host.workers() slots.
  explicit Team(Host host)
      : control_(tbb::global_control::max_allowed_parallelism, host.workers()),
        arena_(static_cast<int>(host.workers()), 1),
        pinner_(arena_, host) {}

  // [worker] Run f inside the arena; returns when it does. Throws what f throws, or FG_INTERNAL if a place was refused.
  template <class F>
  void execute(F&& f) {
    arena_.execute(std::forward<F>(f));
    if (pinner_.refused != 0) throw Failure(FG_INTERNAL, "a thread of the team could not be pinned to its place");
  }

  // [any, inside execute] Whose slot this is: 0 ... n - 1, one thread a slot at a time.
  static std::uint32_t slot() { return static_cast<std::uint32_t>(tbb::this_task_arena::current_thread_index()); }

 private:
  // Processing units that a thread may use, however many the machine has.
  class Units {
   public:
    explicit Units(std::uint32_t size)  // OS indexes below this
        : bytes_(CPU_ALLOC_SIZE(size)), set_(CPU_ALLOC(size), [](cpu_set_t* s) { CPU_FREE(s); }) {
      if (set_ == nullptr) throw std::bad_alloc();
      CPU_ZERO_S(bytes_, set_.get());
    }
    static Units of_this_thread() {
      for (std::uint32_t size = 1'024;; size *= 4) {  // the kernel refuses one that is smaller than its own
        Units units(size);
        if (sched_getaffinity(0, units.bytes_, units.set_.get()) == 0 || size > 65'536) return units;
      }
    }
    void add(std::uint32_t unit) { CPU_SET_S(unit, bytes_, set_.get()); }
    [[nodiscard]] bool pin_this_thread() const { return sched_setaffinity(0, bytes_, set_.get()) == 0; }

   private:
    std::size_t bytes_;
    std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set_;
  };

  class Pinner : public tbb::task_scheduler_observer {
   public:
    Pinner(tbb::task_arena& arena, Host host) : tbb::task_scheduler_observer(arena), host_(host) { observe(true); }
    ~Pinner() override { observe(false); }

    void on_scheduler_entry(bool) override {
      if (!pin(host_.place(slot()))) ++refused;
    }
    void on_scheduler_exit(bool is_worker) override {
      if (!is_worker) (void)own_.pin_this_thread();
    }

    std::atomic<unsigned> refused{0};

   private:
    // A place without units is one that is not pinned.
    static bool pin(const fg_place& place) {
      if (place.unit_count == 0) return true;
      Units units(*std::max_element(place.units, place.units + place.unit_count) + 1);
      for (std::uint32_t i = 0; i < place.unit_count; ++i) units.add(place.units[i]);
      return units.pin_this_thread();
    }

    Host host_;
    Units own_ = Units::of_this_thread();
  };

  // Destroyed last: ends TBB's threads, so that none is left when the worker is.
  struct Ending {
    tbb::task_scheduler_handle handle{tbb::attach{}};
    ~Ending() { tbb::finalize(handle, std::nothrow); }
  };

  Ending ending_;
  tbb::global_control control_;
  tbb::task_arena arena_;
  Pinner pinner_;
};

}  // namespace fairground::kit
