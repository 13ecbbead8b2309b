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

/* What comes next begins when what came before has come to its results. Else a processor that looks ahead over some
   hundreds of instructions works on the section and on what is outside it at the same time, and both take half as long
   as they should. */
static inline void kit_after_all_before(void) {
#if defined(__x86_64__)
  __asm__ volatile("lfence" ::: "memory");
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");
#endif
}

static inline uint64_t kit_4_steps(uint64_t x) { return kit_step(kit_step(kit_step(kit_step(x)))); }
static inline uint64_t kit_16_steps(uint64_t x) { return kit_4_steps(kit_4_steps(kit_4_steps(kit_4_steps(x)))); }

/* A section of 100 ns is two or three rounds and five jumps that always go the same way. In a loop of many rounds the
   branch predictor guessed the end wrong or right depending on the branches of the lock around it, at 10 to 20 ns a
   wrong guess. */
__attribute__((noinline)) static void kit_steps(uint64_t steps) {
  uint64_t x = steps;
  kit_after_all_before();
  for (uint64_t rounds = steps / 32; rounds != 0; --rounds) x = kit_16_steps(kit_16_steps(x));
  if ((steps & 16) != 0) x = kit_16_steps(x);
  if ((steps & 8) != 0) x = kit_4_steps(kit_4_steps(x));
  if ((steps & 4) != 0) x = kit_4_steps(x);
  if ((steps & 2) != 0) x = kit_step(kit_step(x));
  if ((steps & 1) != 0) x = kit_step(x);
}

/* [any] Do that many dependent steps; 0 does nothing at all. */
static inline void kit_work(uint64_t steps) {
  if (steps != 0) kit_steps(steps);
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
