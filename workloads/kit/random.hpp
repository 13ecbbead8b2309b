// Random numbers that are the same for the same seed, everywhere.
#pragma once

#include <cstdint>

namespace fairground::kit {

// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): one word of state, any seed is good.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // Uniform in 0 ... n - 1, but for a bias of at most n / 2^32; n is 1 ... 2^32.
  std::uint64_t below(std::uint64_t n) { return ((*this)() >> 32) * n >> 32; }

 private:
  std::uint64_t state_;
};

}  // namespace fairground::kit
