#include "vector.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

// All ways that this CPU has come to the bits of the plain one.
TEST(Fma, AllWidthsComeToTheSameBits) {
  FmaValues begin{};
  fairground::kit::Random random(3);
  for (auto& chain : begin.lane)
    for (double& x : chain) x = static_cast<double>(random() >> 11) * 0x1p-53;
  FmaValues plain = begin;
  fairground::systems::fma_plain(plain);
  for (const std::int64_t wanted : {512, 256, 64}) {
    std::int64_t bits = 0;
    const auto loop = fairground::systems::fma_loop(wanted, &bits);
    if (loop == nullptr) continue;
    EXPECT_EQ(bits, wanted);
    FmaValues values = begin;
    loop(values);
    EXPECT_EQ(std::memcmp(&values, &plain, sizeof values), 0) << wanted;
  }
  EXPECT_NE(std::memcmp(&begin, &plain, sizeof begin), 0);
}

struct WrongInOneBit {
  static fairground::systems::FmaLoop loop(std::int64_t, std::int64_t* bits) {
    *bits = 64;
    return [](FmaValues& v) {
      static int blocks = 0;
      fairground::systems::fma_plain(v);
      if (++blocks == 5) v.lane[2][3] = std::nextafter(v.lane[2][3], 1e9);
    };
  }
};
constexpr fg_workload wrong = fairground::describe<Vector<WrongInOneBit>>();

TEST(Vector, AResultThatIsOffInItsLastBitIsFound) {
  Job job;
  job.operations = 10;
  const auto o = fairground::testing::run(wrong, job);
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_EQ(o.text, "1 blocks of worker 0 came to another result");
}
}  // namespace
