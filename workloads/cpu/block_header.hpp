// A Bitcoin block header: 80 bytes whose double SHA-256 is the block's name
// (https://developer.bitcoin.org/reference/block_chain.html#block-headers).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace fairground::cpu {

using Digest = std::array<unsigned char, 32>;

struct BlockHeader {
  // version 4, previous block 32, Merkle root 32, time 4, bits 4, nonce 4; integers little-endian.
  std::array<unsigned char, 80> bytes;

  static constexpr std::size_t merkle_root = 36, nonce = 76;

  constexpr void set(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
  }
};

// Zero bits at the front of the hash as people write it, which is backwards.
constexpr int leading_zero_bits(const Digest& hash) {
  int bits = 0;
  for (std::size_t i = hash.size(); i-- > 0; bits += 8)
    if (hash[i] != 0) return bits + std::countl_zero(hash[i]);
  return bits;
}

// The first block, 3 January 2009.
inline constexpr BlockHeader genesis{{
    0x01, 0x00, 0x00, 0x00,  // version
    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,  // previous block: none
    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,  //
    0x3b, 0xa3, 0xed, 0xfd, 0x7a, 0x7b, 0x12, 0xb2,
    0x7a, 0xc7, 0x2c, 0x3e, 0x67, 0x76, 0x8f, 0x61,  // Merkle root
    0x7f, 0xc8, 0x1b, 0xc3, 0x88, 0x8a, 0x51, 0x32,
    0x3a, 0x9f, 0xb8, 0xaa, 0x4b, 0x1e, 0x5e, 0x4a,  //
    0x29, 0xab, 0x5f, 0x49,                          // time
    0xff, 0xff, 0x00, 0x1d,                          // bits
    0x1d, 0xac, 0x2b, 0x7c,                          // nonce 2083236893
}};
// 000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f, as the hash function puts it.
inline constexpr Digest genesis_hash{0x6f, 0xe2, 0x8c, 0x0a, 0xb6, 0xf1, 0xb3, 0x72, 0xc1, 0xa6, 0xa2,
                                     0x46, 0xae, 0x63, 0xf7, 0x4f, 0x93, 0x1e, 0x83, 0x65, 0xe1, 0x5a,
                                     0x08, 0x9c, 0x68, 0xd6, 0x19, 0x00, 0x00, 0x00, 0x00, 0x00};

}  // namespace fairground::cpu
