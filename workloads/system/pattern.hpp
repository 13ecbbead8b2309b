// What the words of tested memory have to hold after pass k, and in what order a pass visits the blocks. After
// memtest86 (moving inversions, walking ones) and its successors.
#pragma once

#include <cstdint>

namespace fairground::systems {

enum class Pattern : std::int64_t { walking, random, inversions, stride };

// 4 KiB, which is checked and written at a time.
inline constexpr std::uint64_t block_words = 512;

// Word `word` of block `block` as pass `pass` writes it.
inline std::uint64_t word_of(Pattern pattern, std::uint64_t seed, std::uint64_t pass, std::uint64_t block,
                             std::uint64_t word) {
  switch (pattern) {
    case Pattern::walking: {  // one bit set, moving by one from word to word and from pass to pass; then one bit clear
      const std::uint64_t one = std::uint64_t{1} << ((pass + word) % 64);
      return (pass / 64) % 2 == 0 ? one : ~one;
    }
    case Pattern::inversions: {  // eight random words, and in each other pass their inverse
      std::uint64_t x = (seed + pass / 2 + 1) * 0x9e3779b97f4a7c15u + word % 8;
      x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
      x ^= x >> 32;
      return pass % 2 == 0 ? x : ~x;
    }
    default: {  // a random word, another at each place and in each pass
      std::uint64_t x = seed + pass * 0x9e3779b97f4a7c15u + (block * block_words + word) * 0xd6e8feb86659fd93u;
      x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
      return x ^ (x >> 32);
    }
  }
}

// The block that a pass visits at its step `step` of `blocks`: upwards; of inversions each other pass downwards, so
// that a cell is seen after its neighbours on either side have changed; of stride in steps of 128 blocks (512 KiB, the
// same column of another row in most memories).
inline std::uint64_t block_at(Pattern pattern, std::uint64_t pass, std::uint64_t step, std::uint64_t blocks) {
  if (pattern == Pattern::inversions && pass % 2 == 1) return blocks - 1 - step;
  if (pattern != Pattern::stride) return step;
  constexpr std::uint64_t stride = 128;
  // Columns are visited one after another; the first blocks % stride of them are a row longer.
  const std::uint64_t rows = blocks / stride, longer = blocks % stride, in_longer = longer * (rows + 1);
  if (step < in_longer) return step / (rows + 1) + step % (rows + 1) * stride;
  const std::uint64_t rest = step - in_longer;
  return longer + rest / rows + rest % rows * stride;
}

}  // namespace fairground::systems
