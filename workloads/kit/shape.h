/* The factors that shape.hpp is made of, for workloads in C, too: how lengths of work spread around their mean. C11 and
 * C++20. */
#ifndef KIT_SHAPE_H
#define KIT_SHAPE_H

#include <math.h>
#include <stdint.h>

enum { kit_fixed, kit_exponential, kit_bimodal };         /* distributions */
enum { kit_factor_count = 1000, kit_factor_unit = 4096 }; /* so many equally likely factors, in units of 1/4096 */

/* -ln s over the slice of survivors s has this antiderivative; it is 0 at 0. */
static inline double kit_survivors(double s) { return s > 0.0 ? s - s * log(s) : 0.0; }

/* Factor i; all together have the mean 1. */
static inline double kit_factor(int64_t distribution, uint32_t i) {
  const double n = kit_factor_count;
  if (distribution == kit_bimodal) return i < kit_factor_count * 9 / 10 ? 0.5 : 5.5;
  if (distribution != kit_exponential) return 1.0;
  return n * (kit_survivors(1.0 - i / n) - kit_survivors(1.0 - (i + 1.0) / n));
}

/* [control] All of them. */
static inline void kit_fill_factors(int64_t distribution, uint16_t* factors) {
  for (uint32_t i = 0; i < kit_factor_count; ++i)
    factors[i] = (uint16_t)lround(kit_factor(distribution, i) * (double)kit_factor_unit);
}

/* The mean, by a factor; rounded to the nearest. mean < 2^48. */
static inline uint64_t kit_by_factor(uint64_t mean, uint16_t factor) {
  return (mean * factor + kit_factor_unit / 2) / kit_factor_unit;
}

#endif /* KIT_SHAPE_H */
