// The arithmetic of `matrix`: one tile of a product.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fairground::cpu {

// Square matrices of order n, row by row.
struct Operands {
  std::int64_t n;
  const double* a;
  const double* b;
  double* c;
};

struct Blocked {
  // C in rows [i0, i1) and columns [j0, j1): `tile` terms of each sum at a time, so that those rows of B stay in the
  // cache, and four terms in one pass over the row of C.
  static void tile(const Operands& m, std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1,
                   std::int64_t tile) {
    const std::int64_t n = m.n;
    for (std::int64_t i = i0; i < i1; ++i) std::fill(m.c + i * n + j0, m.c + i * n + j1, 0.0);
    for (std::int64_t k0 = 0; k0 < n; k0 += tile) {
      const std::int64_t k1 = std::min(k0 + tile, n);
      for (std::int64_t i = i0; i < i1; ++i) {
        const double* a = m.a + i * n;
        double* __restrict c = m.c + i * n;
        std::int64_t k = k0;
        for (; k + 4 <= k1; k += 4) {
          const double a0 = a[k], a1 = a[k + 1], a2 = a[k + 2], a3 = a[k + 3];
          const double* b = m.b + k * n;
          for (std::int64_t j = j0; j < j1; ++j)
            c[j] += a0 * b[j] + a1 * b[j + n] + a2 * b[j + 2 * n] + a3 * b[j + 3 * n];
        }
        for (; k < k1; ++k)
          for (std::int64_t j = j0; j < j1; ++j) c[j] += a[k] * m.b[k * n + j];
      }
    }
  }
};

}  // namespace fairground::cpu
