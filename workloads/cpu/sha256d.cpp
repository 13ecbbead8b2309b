// sha256d: Bitcoin-style mining. Each worker has a block header of its own and hashes it twice with SHA-256, nonce by
// nonce; a hash with `difficulty` leading zero bits is a share. Through OpenSSL's EVP, with a fetched digest and a
// context that is used again (three to four times as fast as its one-shot calls for 80 bytes).
#include <cmath>
#include <fairground/workload.hpp>
#include <string>

#include "cpu/double_sha256.hpp"
#include "kit/random.hpp"
#include "kit/relax.hpp"

namespace {
using fairground::Worker;
using fairground::cpu::BlockHeader;
using fairground::cpu::Digest;
using fairground::cpu::EvpHash;
using fairground::cpu::leading_zero_bits;

template <class Hash>
class Sha256d {
 public:
  static constexpr fairground::Description description{
      .id = "sha256d",
      .family = "cpu",
      .group = "compute",
      .summary = "Bitcoin-style mining: double SHA-256 of a block header, nonce by nonce, through OpenSSL",
      .operation = "hash",
      .invariant =
          "every share found is one when recomputed, there are as many as chance gives, and the first Bitcoin "
          "block has its known hash",
      .capabilities = FG_PROCESSES,
  };
  static constexpr auto parameters() {
    return std::make_tuple(fairground::integer("difficulty", &Sha256d::difficulty_, 16, 8, 64,
                                               "leading zero bits that make a hash a share", "bits"));
  }
  static constexpr fairground::Counter counters[] = {{"shares", "hashes with enough leading zero bits"}};
  struct Local {
    Hash hash;
  };

  explicit Sha256d(fairground::Host host) : host_(host) {}
  void setup() { tallies_ = host_.shared<Tally>(host_.workers()); }

  void run(Worker w, Local& local) {
    Tally mine{};
    fairground::kit::Random random(w.seed());
    BlockHeader header = fairground::cpu::genesis;
    for (std::uint32_t nonce = 0; w.go(); ++nonce) {
      if (nonce == 0)  // all nonces used up, or none yet: other transactions, so another Merkle root
        for (std::size_t i = 0; i < 32; i += 4)
          header.set(BlockHeader::merkle_root + i, static_cast<std::uint32_t>(random()));
      header.set(BlockHeader::nonce, nonce);
      const Digest hash = local.hash(header);
      if (leading_zero_bits(hash) >= difficulty_) {
        ++mine.shares;
        if (fairground::cpu::recomputed(header) != hash) ++mine.wrong;
      }
      ++mine.hashes;
      w.count();
    }
    Tally& told = tallies_[w.index()];
    told = {told.hashes + mine.hashes, told.shares + mine.shares, told.wrong + mine.wrong};
  }

  void verify() {
    Tally all{};
    for (std::uint32_t i = 0; i < host_.workers(); ++i)
      all = {all.hashes + tallies_[i].hashes, all.shares + tallies_[i].shares, all.wrong + tallies_[i].wrong};
    host_.counter(0, static_cast<double>(all.shares));
    if (Hash()(fairground::cpu::genesis) != fairground::cpu::genesis_hash)
      throw fairground::wrong("the first Bitcoin block has another hash than it is known by");
    if (all.wrong != 0)
      throw fairground::wrong(std::to_string(all.wrong) + " of " + std::to_string(all.shares) + " shares are none");
    // Shares are a Poisson variable: ten deviations from its mean, and five for small means, are no chance.
    const double expected = std::ldexp(static_cast<double>(all.hashes), -static_cast<int>(difficulty_));
    if (std::abs(static_cast<double>(all.shares) - expected) > 10 * std::sqrt(expected) + 5)
      throw fairground::wrong(std::to_string(all.shares) + " shares in " + std::to_string(all.hashes) +
                              " hashes, where chance gives " + std::to_string(expected));
  }

 private:
  struct alignas(fairground::kit::line) Tally {
    std::uint64_t hashes, shares, wrong;
  };

  fairground::Host host_;
  std::int64_t difficulty_ = 0;
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(sha256d, Sha256d<EvpHash>)
