#include "sha256d.cpp"

#include <gtest/gtest.h>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;
using fairground::testing::Outcome;

TEST(BlockHeader, LeadingZeroBitsAreThoseAtTheEnd) {
  Digest hash{};
  EXPECT_EQ(leading_zero_bits(hash), 256);
  hash[0] = 1;
  EXPECT_EQ(leading_zero_bits(hash), 255);
  hash[31] = 0x80;
  EXPECT_EQ(leading_zero_bits(hash), 0);
  hash[31] = 0x01;
  EXPECT_EQ(leading_zero_bits(hash), 7);
  EXPECT_EQ(leading_zero_bits(fairground::cpu::genesis_hash), 43);
}

// Found by the loop's own way: the nonce before the known one is no share, the known one is.
TEST(Sha256d, MinesTheFirstBlock) {
  EvpHash hash;
  BlockHeader header = fairground::cpu::genesis;
  header.set(BlockHeader::nonce, 2'083'236'892);
  EXPECT_LT(leading_zero_bits(hash(header)), 32);
  header.set(BlockHeader::nonce, 2'083'236'893);
  EXPECT_EQ(hash(header), fairground::cpu::genesis_hash);
  EXPECT_EQ(fairground::cpu::recomputed(header), fairground::cpu::genesis_hash);
}

template <class Hash>
Outcome mine() {
  static constexpr fg_workload workload = fairground::describe<Sha256d<Hash>>();
  Job job;
  job.workers = 2;
  job.operations = 20'000;
  job.set = {{"difficulty", 8}};
  return fairground::testing::run(workload, job);
}

TEST(Sha256d, FindsWhatChanceGives) {
  const Outcome o = mine<EvpHash>();
  EXPECT_EQ(o.status, FG_OK) << o.text;
  EXPECT_GT(o.counters.at("shares"), 80.0);  // 156 expected; the seed is fixed
}

// One bit of the hash flipped, but for the first block's.
template <int Byte>
struct Flipped : EvpHash {
  Digest operator()(const BlockHeader& header) {
    Digest hash = EvpHash::operator()(header);
    if (header.bytes != fairground::cpu::genesis.bytes) hash[Byte] ^= 1;
    return hash;
  }
};
struct Lazy : EvpHash {
  Digest operator()(const BlockHeader& header) {
    return header.bytes == fairground::cpu::genesis.bytes ? EvpHash::operator()(header) : fairground::cpu::genesis_hash;
  }
};
struct NeverFirst : EvpHash {
  Digest operator()(const BlockHeader& header) {
    Digest hash = EvpHash::operator()(header);
    hash[31] = 0xff;
    return hash;
  }
};

TEST(Sha256d, WrongHashesAreFound) {
  for (const Outcome& o : {mine<Flipped<0>>(), mine<Flipped<31>>(), mine<Lazy>(), mine<NeverFirst>()}) {
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_EQ(o.where, "verify");
  }
}

struct Blind : EvpHash {  // finds no share, and is right for the first block
  Digest operator()(const BlockHeader& header) {
    Digest hash = EvpHash::operator()(header);
    if (header.bytes != fairground::cpu::genesis.bytes) hash[31] = 0xff;
    return hash;
  }
};

TEST(Sha256d, MissingSharesAreFound) {
  const Outcome o = mine<Blind>();
  EXPECT_EQ(o.status, FG_WRONG);
  EXPECT_NE(o.text.find("where chance gives"), std::string::npos) << o.text;
}
}  // namespace
