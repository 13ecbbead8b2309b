// vector: fused multiply-adds in all vector units of a core, with a result that is known to the last bit: for heat, for
// the frequency that wide units leave, and for units that compute wrong.
#include <cmath>
#include <cstring>
#include <fairground/workload.hpp>
#include <string>

#include "kit/random.hpp"
#include "kit/relax.hpp"
#include "system/fma.hpp"

namespace {
using fairground::Worker;
using fairground::systems::FmaValues;

// The loop that this CPU runs. Tests have one that computes wrong.
struct OfThisCpu {
  static fairground::systems::FmaLoop loop(std::int64_t wanted, std::int64_t* bits) {
    return fairground::systems::fma_loop(wanted, bits);
  }
};

template <class Loops = OfThisCpu>
class Vector {
 public:
  static constexpr fairground::Description description{
      .id = "vector",
      .family = "system",
      .group = "compute",
      .summary = "fused multiply-adds in the widest vector units: heat, and the frequency that it leaves",
      .operation = "block of 32,768 multiply-adds",
      .invariant = "every block comes to the result, bit by bit, of multiply-adds done one by one",
      .capabilities = FG_PROCESSES,
  };
  static constexpr const char* widths[] = {"widest", "512", "256", "64", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(fairground::choice("width", &Vector::width_, widths, 0, "bits at a time"));
  }
  static constexpr fairground::Counter counters[] = {{"bits", "at a time"}};

  explicit Vector(fairground::Host host) : host_(host) {}
  void setup() {
    constexpr std::int64_t bits[] = {0, 512, 256, 64};
    loop_ = Loops::loop(bits[width_], &bits_);
    if (loop_ == nullptr)
      throw fairground::unsupported(std::string("this CPU has no multiply-add of ") + widths[width_] + " bits");
    fairground::kit::Random random(host_.seed());
    for (auto& chain : begin_.lane)
      for (double& x : chain) x = static_cast<double>(random() >> 11) * 0x1p-53;
    expected_ = begin_;
    fairground::systems::fma_plain(expected_);
    wrong_ = host_.shared<Wrong>(host_.workers());
  }

  void run(Worker w) {
    Wrong& wrong = wrong_[w.index()];
    for (; w.go(); w.count()) {
      FmaValues values = begin_;
      fairground::keep(values);
      loop_(values);
      if (std::memcmp(&values, &expected_, sizeof values) != 0) ++wrong.blocks;
    }
  }

  void verify() {
    host_.counter(0, static_cast<double>(bits_));
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      if (wrong_[i].blocks > 0)
        throw fairground::wrong(std::to_string(wrong_[i].blocks) + " blocks of worker " + std::to_string(i) +
                                " came to another result");
  }

 private:
  struct alignas(fairground::kit::line) Wrong {
    std::uint64_t blocks;
  };
  fairground::Host host_;
  std::int64_t width_ = 0, bits_ = 0;
  fairground::systems::FmaLoop loop_ = nullptr;
  FmaValues begin_{}, expected_{};
  Wrong* wrong_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(vector, Vector<>)
