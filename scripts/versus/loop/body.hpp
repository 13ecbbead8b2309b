// The body that both loops run: a chain of dependent steps, so that what the loop adds can't hide behind it.
#pragma once

#include <cstdint>

inline std::uint64_t step(std::uint64_t x) {  // xorshift64, Marsaglia 2003; four rounds
  for (int i = 0; i < 4; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}
