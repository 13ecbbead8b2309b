/* The steps that busy.hpp is made of, and their calibration, for workloads in C, too. C11 and C++20. */
#ifndef KIT_BUSY_H
#define KIT_BUSY_H

#include <stdint.h>
#include <time.h>

/* [any] Do that many dependent steps; 0 does nothing at all. */
static inline void kit_work(uint64_t steps) {
  uint64_t x = steps;
  for (; steps != 0; --steps) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    __asm__ volatile("" : "+r"(x)); /* one step at a time: not unrolled into fewer, not dropped */
  }
}

static inline int64_t kit_now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* [control, in setup] How many steps a nanosecond has: the shortest of several runs. Takes about 2 ms. */
static inline double kit_steps_per_ns(void) {
  const uint64_t steps = 20000; /* some 25 us: the clock's own 22 ns are below 1/1,000 of it */
  for (const int64_t begin = kit_now_ns(); kit_now_ns() - begin < 1000000;) kit_work(steps); /* let it speed up */
  int64_t shortest = INT64_MAX;
  for (int run = 0; run < 25; ++run) {
    const int64_t begin = kit_now_ns();
    kit_work(steps);
    const int64_t took = kit_now_ns() - begin;
    if (took < shortest) shortest = took;
  }
  return (double)steps / (double)(shortest < 1 ? 1 : shortest);
}

#endif /* KIT_BUSY_H */
