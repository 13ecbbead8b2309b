// Five locks in Google Benchmark's own loop, around the same work: --section STEPS --outside STEPS, as the harness
// found them. One and two threads, pinned to the first units.
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>
#include <tbb/queuing_mutex.h>
#include <tbb/spin_mutex.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>

extern "C" {
#include <spinlock/ticket.h>
}

#include "base/clock.hpp"
#include "kit/busy.hpp"

namespace {

std::uint64_t section_steps = 0, outside_steps = 0;

template <class L>
struct alignas(128) Shared {
  alignas(128) L lock;
  alignas(128) std::uint64_t counter;
};

struct StdMutex {
  std::mutex m;
  struct Local {};
  void lock(Local&) { m.lock(); }
  void unlock(Local&) { m.unlock(); }
};
struct PthreadSpin {
  pthread_spinlock_t s;
  PthreadSpin() { pthread_spin_init(&s, PTHREAD_PROCESS_PRIVATE); }
  struct Local {};
  void lock(Local&) { pthread_spin_lock(&s); }
  void unlock(Local&) { pthread_spin_unlock(&s); }
};
struct CkTicket {
  ck_spinlock_ticket_t t = CK_SPINLOCK_TICKET_INITIALIZER;
  struct Local {};
  void lock(Local&) { ck_spinlock_ticket_lock(&t); }
  void unlock(Local&) { ck_spinlock_ticket_unlock(&t); }
};
struct TbbQueuing {
  tbb::queuing_mutex m;
  struct Local {
    tbb::queuing_mutex::scoped_lock node;
  };
  void lock(Local& l) { l.node.acquire(m); }
  void unlock(Local& l) { l.node.release(); }
};
struct TbbSpin {
  tbb::spin_mutex m;
  struct Local {};
  void lock(Local&) { m.lock(); }
  void unlock(Local&) { m.unlock(); }
};

void pin(int unit) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(unit, &set);
  sched_setaffinity(0, sizeof set, &set);
}

template <class L>
void contend(benchmark::State& state) {
  static Shared<L> shared;
  pin(state.thread_index());
  alignas(128) typename L::Local local{};
  const std::uint64_t section = section_steps, outside = outside_steps;
  for (auto _ : state) {
    shared.lock.lock(local);
    fairground::kit::work(section);
    shared.counter += 1;
    shared.lock.unlock(local);
    fairground::kit::work(outside);
  }
  benchmark::DoNotOptimize(shared.counter);
}

// The empty section of a std::mutex, and the clock read where the probes read it: before the lock, behind it, and
// before the unlock. Between atomic instructions a read costs more than one of many in a row.
void three_clock_reads(benchmark::State& state) {
  static Shared<StdMutex> shared;
  StdMutex::Local local{};
  const auto source = fairground::trusted_tick_source();
  std::uint64_t wait = 0, hold = 0;
  for (auto _ : state) {
    const std::uint64_t asked = fairground::ordered_ticks(source);
    shared.lock.lock(local);
    const std::uint64_t acquired = fairground::ordered_ticks(source);
    shared.counter += 1;
    hold += fairground::ordered_ticks(source) - acquired;
    shared.lock.unlock(local);
    wait += acquired - asked;
  }
  benchmark::DoNotOptimize(wait + hold);
  benchmark::DoNotOptimize(shared.counter);
}
BENCHMARK(three_clock_reads);

template <class L>
void two(const char* name) {
  benchmark::RegisterBenchmark(name, contend<L>)->Threads(1)->Threads(2)->UseRealTime();
}

std::uint64_t option(int argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], name) == 0) return std::strtoull(argv[i + 1], nullptr, 10);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // A process that never had a second thread takes glibc's mutexes without atomic instructions: no lock, then.
  std::thread([] { pause(); }).detach();
  section_steps = option(argc, argv, "--section");
  outside_steps = option(argc, argv, "--outside");
  two<StdMutex>("mutex");
  two<PthreadSpin>("pthread-spin");
  two<CkTicket>("ck-ticket");
  two<TbbQueuing>("tbb-queuing");
  two<TbbSpin>("tbb-spin");
  pin(0);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
