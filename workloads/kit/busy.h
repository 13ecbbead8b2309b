/* The steps that busy.hpp is made of, and their calibration, for workloads in C, too. C11 and C++20. */
#ifndef KIT_BUSY_H
#define KIT_BUSY_H

#include <stdint.h>
#include <time.h>

/* The barrier: one step at a time, neither put together with the next nor dropped. */
static inline uint64_t kit_step(uint64_t x) {
  x = x * 6364136223846793005u + 1442695040888963407u;
  __asm__ volatile("" : "+r"(x));
  return x;
}

/* [any] Do that many dependent steps; 0 does nothing at all. Eight at a time, so that even a section of 100 ns is a
   loop of few rounds, whose end the branch predictor knows: a wrong guess costs some 10 to 20 ns, and whether it is
   wrong depended on the branches of the lock around it. */
static inline void kit_work(uint64_t steps) {
  uint64_t x = steps;
  for (; steps >= 8; steps -= 8) {
    x = kit_step(kit_step(kit_step(kit_step(x))));
    x = kit_step(kit_step(kit_step(kit_step(x))));
  }
  for (; steps != 0; --steps) x = kit_step(x);
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
