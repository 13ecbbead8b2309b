// matrix: C = A B in double precision, in square tiles, by TBB's parallel_for over the tiles of C. One product is one
// operation; whose tiles they were is counted for the slots of the arena.
// After each product comes Freivalds' check (product_check.hpp), on the caller's thread; before it, C is filled with
// NaN.
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <fairground/workload.hpp>
#include <limits>
#include <string>

#include "cpu/gemm.hpp"
#include "cpu/product_check.hpp"
#include "kit/team.hpp"

namespace {
using fairground::Worker;
namespace cpu = fairground::cpu;

template <class Kernel>
class Matrix {
 public:
  static constexpr fairground::Description description{
      .id = "matrix",
      .family = "cpu",
      .group = "compute",
      .summary = "blocked double-precision matrix product on a pinned TBB arena",
      .operation = "product",
      .invariant = "every product passes Freivalds' check, and the last one equals the product by definition",
      .kind = FG_TEAM,
  };
  static constexpr auto parameters() {
    return std::make_tuple(fairground::integer("n", &Matrix::n_, 512, 1, 8192, "order of the matrices", "rows"),
                           fairground::integer("tile", &Matrix::tile_, 64, 8, 1024, "order of a tile", "rows"));
  }
  static constexpr fairground::Counter counters[] = {{"tiles", "tiles of C computed, by all slots"}};

  explicit Matrix(fairground::Host host) : host_(host) {}
  [[nodiscard]] std::uint32_t contenders() const { return host_.workers(); }
  [[nodiscard]] static fairground::Contender contender(std::uint32_t slot) { return {slot, "slot"}; }

  void setup() {
    m_ = cpu::whole_numbers(host_, n_);
    freivalds_ = cpu::Freivalds(host_, m_);
    products_ = host_.shared<std::uint64_t>();
  }

  void run(Worker w) {
    fairground::kit::Team team(host_);
    team.execute([&] {
      while (w.go()) {
        std::fill(m_.c, m_.c + n_ * n_, std::numeric_limits<double>::quiet_NaN());
        multiply(w);
        freivalds_.check(m_);
        ++*products_;
        w.count();
      }
    });
  }

  void verify() {
    const std::int64_t across = (n_ + tile_ - 1) / tile_;
    host_.counter(0, static_cast<double>(*products_) * static_cast<double>(across * across));
    if (*products_ == 0) return;
    const std::int64_t step = std::max<std::int64_t>(1, n_ * n_ * n_ / (512ll * 512 * 512));  // rows, for big matrices
    for (std::int64_t i = 0; i < n_; i += step)
      if (const std::int64_t j = cpu::first_difference(m_, i); j < n_)
        throw fairground::wrong("C(" + std::to_string(i) + ", " + std::to_string(j) +
                                ") is not what the definition gives");
  }

 private:
  void multiply(Worker w) {
    const std::int64_t across = (n_ + tile_ - 1) / tile_;
    tbb::parallel_for(
        tbb::blocked_range<std::int64_t>(0, across * across, 1),
        [&](const tbb::blocked_range<std::int64_t>& some) {
          for (std::int64_t t = some.begin(); t < some.end(); ++t) {
            const std::int64_t i = t / across * tile_, j = t % across * tile_;
            Kernel::tile(m_, i, std::min(i + tile_, n_), j, std::min(j + tile_, n_), tile_);
            w.count_for(fairground::kit::Team::slot());
            w.stamp_for(fairground::kit::Team::slot());
          }
        },
        tbb::simple_partitioner());
  }

  fairground::Host host_;
  std::int64_t n_ = 0, tile_ = 0;
  cpu::Operands m_{};  // this and all below: shared
  cpu::Freivalds freivalds_;
  std::uint64_t* products_ = nullptr;
};
}  // namespace

FAIRGROUND_WORKLOAD(matrix, Matrix<cpu::Blocked>)
