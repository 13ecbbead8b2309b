// Is C the product of A and B? By Freivalds' check after each product, and by definition at the end.
//
// All elements are whole numbers from -8 to 8, so that every sum is exact in whatever order it is formed, and checks
// are equalities.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fairground/workload.hpp>
#include <string>
#include <vector>

#include "cpu/gemm.hpp"
#include "kit/random.hpp"

namespace fairground::cpu {

// [control, in setup] n doubles in shared memory, on lines of their own.
inline double* shared_doubles(Host host, std::int64_t n) {
  struct alignas(64) Line {
    double of[8];
  };
  return host.shared<Line>(static_cast<std::size_t>(n) / 8 + 1)->of;
}

// [control, in setup] A and B of whole numbers, from the trial's seed; C of zeros.
inline Operands whole_numbers(Host host, std::int64_t n) {
  kit::Random random(host.seed());
  const auto filled = [&] {
    double* m = shared_doubles(host, n * n);
    for (std::int64_t i = 0; i < n * n; ++i) m[i] = static_cast<double>(random.below(17)) - 8;
    return m;
  };
  const double* a = filled();
  const double* b = filled();
  return {n, a, b, shared_doubles(host, n * n)};
}

// Row i of M times v, in four sums side by side.
inline double row_times(const double* m, const double* v, std::int64_t n, std::int64_t i) {
  double sum[4] = {0, 0, 0, 0};
  const double* row = m + i * n;
  std::int64_t j = 0;
  for (; j + 4 <= n; j += 4)
    for (std::int64_t lane = 0; lane < 4; ++lane) sum[lane] += row[j + lane] * v[j + lane];
  for (; j < n; ++j) sum[0] += row[j] * v[j];
  return sum[0] + sum[1] + sum[2] + sum[3];
}

inline void times(const double* m, const double* v, double* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = row_times(m, v, n, i);
}

// C r = A (B r) for a random vector r of 1 ... 2^16 (R. Freivalds, IFIP 1977): one wrong element is always seen, since
// r has no zeros, and any other error but for one in 2^16. Exact: at most 64 n^2 2^16 < 2^53.
class Freivalds {
 public:
  Freivalds() = default;
  // [control, in setup]
  Freivalds(Host host, const Operands& m) : r_(shared_doubles(host, m.n)), expected_(shared_doubles(host, m.n)) {
    kit::Random random(~host.seed());
    for (std::int64_t i = 0; i < m.n; ++i) r_[i] = static_cast<double>(random.below(65'536) + 1);
    double* br = shared_doubles(host, m.n);
    for (std::int64_t i = 0; i < m.n; ++i) br[i] = row_times(m.b, r_, m.n, i);
    for (std::int64_t i = 0; i < m.n; ++i) expected_[i] = row_times(m.a, br, m.n, i);
  }
  // [any] Throws `wrong`.
  void check(const Operands& m) const {
    for (std::int64_t i = 0; i < m.n; ++i)
      if (!(row_times(m.c, r_, m.n, i) == expected_[i]))
        throw wrong("row " + std::to_string(i) + " of a product fails Freivalds' check");
  }

 private:
  double* r_ = nullptr;  // shared, as is
  double* expected_ = nullptr;
};

// The first column in which row i of C is not the sum of a(i, k) b(k, j); n if there is none.
inline std::int64_t first_difference(const Operands& m, std::int64_t i) {
  std::vector<double> row(static_cast<std::size_t>(m.n));
  for (std::int64_t k = 0; k < m.n; ++k)
    for (std::int64_t j = 0; j < m.n; ++j) row[static_cast<std::size_t>(j)] += m.a[i * m.n + k] * m.b[k * m.n + j];
  for (std::int64_t j = 0; j < m.n; ++j)
    if (!(row[static_cast<std::size_t>(j)] == m.c[i * m.n + j])) return j;
  return m.n;
}

}  // namespace fairground::cpu
