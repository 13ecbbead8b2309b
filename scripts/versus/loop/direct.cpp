// The same bodies in Google Benchmark's own loop, on the first processing unit. Reports the clock's ticks per ns, too.
#include <benchmark/benchmark.h>
#include <sched.h>

#include "base/clock.hpp"
#include "body.hpp"

namespace {

void empty(benchmark::State& state) {
  for (auto _ : state) {
  }
}
BENCHMARK(empty);

void body(benchmark::State& state) {
  std::uint64_t x = 88'172'645'463'325'252;
  for (auto _ : state) x = step(x);
  benchmark::DoNotOptimize(x);
}
BENCHMARK(body);

void clock_rate(benchmark::State& state) {
  const double per_ns = fairground::calibrate_ticks_per_ns(fairground::trusted_tick_source());
  for (auto _ : state) {
  }
  state.counters["ticks_per_ns"] = per_ns;
}
BENCHMARK(clock_rate)->Iterations(1);

}  // namespace

int main(int argc, char** argv) {
  cpu_set_t first;
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  sched_setaffinity(0, sizeof first, &first);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
