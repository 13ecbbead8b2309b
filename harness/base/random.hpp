// Random numbers that follow from a seed alone, the same on every machine and with every standard library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace fairground {

// The next output of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), which advances `state`.
std::uint64_t splitmix64(std::uint64_t& state);

// One number for a seed and what it is wanted for: hash_of(seed, block, point, trial). The order of arguments matters.
template <class... More>
std::uint64_t hash_of(std::uint64_t seed, More... more) {
  std::uint64_t hash = splitmix64(seed);
  [[maybe_unused]] const auto mix = [&](std::uint64_t value) {
    std::uint64_t state = hash ^ value;
    hash = splitmix64(state);
  };
  (mix(static_cast<std::uint64_t>(more)), ...);
  return hash;
}

// xoshiro256** (Blackman and Vigna, ACM TOMS 47(4), 2021), its state filled by SplitMix64. A UniformRandomBitGenerator,
// but beware of the standard's distributions and std::shuffle: their results differ between libraries.
class Random {
 public:
  using result_type = std::uint64_t;

  explicit Random(std::uint64_t seed);
  explicit Random(const std::array<std::uint64_t, 4>& state) : state_(state) {}  // not all zero

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return UINT64_MAX; }
  result_type operator()();

  // Uniform in 0 ... n - 1, without bias; n > 0.
  std::uint64_t below(std::uint64_t n);

  // Uniform in [0, 1), 53 bits.
  double uniform();

 private:
  std::array<std::uint64_t, 4> state_;
};

// Put the values in a random order, each as likely (Fisher and Yates; Durstenfeld, CACM 7(7), 1964).
template <class T>
void shuffle(std::span<T> values, Random& random) {
  for (std::size_t left = values.size(); left > 1; --left) {
    using std::swap;
    swap(values[left - 1], values[static_cast<std::size_t>(random.below(left))]);
  }
}

template <class T>
void shuffle(std::vector<T>& values, Random& random) {
  shuffle(std::span<T>(values), random);
}

}  // namespace fairground
