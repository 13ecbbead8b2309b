// Fused multiply-adds, eight chains of eight doubles, in the widest way that the CPU has or in a narrower one. A fused
// operation rounds once, so all ways come to the same bits.
#pragma once

#include <cmath>
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace fairground::systems {

struct FmaValues {
  static constexpr int chains = 8, lanes = 8;  // eight results at once hide the latency of one
  alignas(64) double lane[chains][lanes];
};
inline constexpr int fma_steps = 512;  // of each chain, in one go

// x = x * factor + addend in each lane: bounded, and after all steps each start still gives another result.
inline constexpr double fma_factor = -0.998;
inline double fma_addend(int chain, int lane) { return 0.25 + chain + lane * 0.0625; }

using FmaLoop = void (*)(FmaValues&);

inline void fma_plain(FmaValues& v) {
  for (int c = 0; c < FmaValues::chains; ++c)
    for (int l = 0; l < FmaValues::lanes; ++l) {
      double x = v.lane[c][l];
      for (int s = 0; s < fma_steps; ++s) x = std::fma(x, fma_factor, fma_addend(c, l));
      v.lane[c][l] = x;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx,fma"))) inline void fma_256(FmaValues& v) {
  const __m256d factor = _mm256_set1_pd(fma_factor);
  for (int half = 0; half < FmaValues::lanes; half += 4) {
    __m256d x[FmaValues::chains], addend[FmaValues::chains];
    for (int c = 0; c < FmaValues::chains; ++c) {
      x[c] = _mm256_load_pd(&v.lane[c][half]);
      addend[c] =
          _mm256_set_pd(fma_addend(c, half + 3), fma_addend(c, half + 2), fma_addend(c, half + 1), fma_addend(c, half));
    }
    for (int s = 0; s < fma_steps; ++s)
      for (int c = 0; c < FmaValues::chains; ++c) x[c] = _mm256_fmadd_pd(x[c], factor, addend[c]);
    for (int c = 0; c < FmaValues::chains; ++c) _mm256_store_pd(&v.lane[c][half], x[c]);
  }
}

__attribute__((target("avx512f"))) inline void fma_512(FmaValues& v) {
  const __m512d factor = _mm512_set1_pd(fma_factor);
  __m512d x[FmaValues::chains], addend[FmaValues::chains];
  for (int c = 0; c < FmaValues::chains; ++c) {
    x[c] = _mm512_load_pd(v.lane[c]);
    addend[c] = _mm512_set_pd(fma_addend(c, 7), fma_addend(c, 6), fma_addend(c, 5), fma_addend(c, 4), fma_addend(c, 3),
                              fma_addend(c, 2), fma_addend(c, 1), fma_addend(c, 0));
  }
  for (int s = 0; s < fma_steps; ++s)
    for (int c = 0; c < FmaValues::chains; ++c) x[c] = _mm512_fmadd_pd(x[c], factor, addend[c]);
  for (int c = 0; c < FmaValues::chains; ++c) _mm512_store_pd(v.lane[c], x[c]);
}
#endif

// The loop for so many bits; 0: the widest there is. nullptr: this CPU has none. *bits: what it came to; 64: one by
// one.
inline FmaLoop fma_loop(std::int64_t wanted, std::int64_t* bits) {
#if defined(__x86_64__)
  if ((wanted == 0 || wanted == 512) && __builtin_cpu_supports("avx512f")) return *bits = 512, fma_512;
  if ((wanted == 0 || wanted == 256) && __builtin_cpu_supports("avx") && __builtin_cpu_supports("fma"))
    return *bits = 256, fma_256;
#endif
  return wanted == 0 || wanted == 64 ? (*bits = 64, fma_plain) : nullptr;
}

}  // namespace fairground::systems
