#include "matrix.cpp"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;
using fairground::testing::Outcome;

template <class Kernel>
Outcome multiply(std::int64_t n, std::int64_t tile, unsigned slots, std::uint64_t products) {
  static constexpr fg_workload workload = fairground::describe<Matrix<Kernel>>();
  Job job;
  job.workers = slots;
  job.operations = products;
  job.set = {{"n", n}, {"tile", tile}};
  return fairground::testing::run(workload, job);
}

TEST(Matrix, TilesAreCountedForTheSlots) {
  for (const std::int64_t n : {1, 7, 8, 33, 100}) {
    const Outcome o = multiply<cpu::Blocked>(n, 8, 3, 4);
    EXPECT_EQ(o.status, FG_OK) << o.text;
    const std::int64_t across = (n + 7) / 8;
    EXPECT_EQ(o.contender_counts.size(), 3u);
    EXPECT_EQ(o.contender_classes, std::vector<std::string>(3, "slot"));
    EXPECT_EQ(std::accumulate(o.contender_counts.begin(), o.contender_counts.end(), std::uint64_t{0}),
              static_cast<std::uint64_t>(4 * across * across));
    EXPECT_EQ(o.counters.at("tiles"), static_cast<double>(4 * across * across));
    EXPECT_EQ(o.counts, std::vector<std::uint64_t>{4});
  }
}

std::atomic<int> tiles_done;

// The last element of the last tile is one off, in the third product only (9 tiles each).
struct OneOff {
  static void tile(const cpu::Operands& m, std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1,
                   std::int64_t tile) {
    cpu::Blocked::tile(m, i0, i1, j0, j1, tile);
    if (tiles_done++ == 20) m.c[(i1 - 1) * m.n + j1 - 1] += 1;
  }
};
// Leaves one tile of the second product undone, where the first product's result would still be right.
struct Undone {
  static void tile(const cpu::Operands& m, std::int64_t i0, std::int64_t i1, std::int64_t j0, std::int64_t j1,
                   std::int64_t tile) {
    if (tiles_done++ != 12) cpu::Blocked::tile(m, i0, i1, j0, j1, tile);
  }
};

TEST(Matrix, OneWrongElementIsFound) {
  tiles_done = 0;
  const Outcome o = multiply<OneOff>(24, 8, 2, 5);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.where, "run");
  EXPECT_EQ(o.counts, std::vector<std::uint64_t>{2});
}

TEST(Matrix, AnUndoneTileIsFound) {
  tiles_done = 0;
  const Outcome o = multiply<Undone>(24, 8, 2, 5);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.counts, std::vector<std::uint64_t>{1});
}

TEST(Gemm, TheDefinitionFindsADifference) {
  const double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
  double c[] = {19, 22, 43, 50};
  const cpu::Operands m{2, a, b, c};
  EXPECT_EQ(cpu::first_difference(m, 0), 2);
  EXPECT_EQ(cpu::first_difference(m, 1), 2);
  c[3] = 51;
  EXPECT_EQ(cpu::first_difference(m, 1), 1);
}
}  // namespace
