#include "memory.cpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "kit/testing/host.hpp"

namespace {
using fairground::testing::Job;

const std::vector<Pattern> all_patterns{Pattern::walking, Pattern::random, Pattern::inversions, Pattern::stride};

// Whatever the number of blocks, a pass visits each once.
TEST(Pattern, APassVisitsEachBlockOnce) {
  for (const Pattern pattern : all_patterns)
    for (const std::uint64_t blocks : {1u, 2u, 127u, 128u, 129u, 1'000u, 4'096u})
      for (const std::uint64_t pass : {0u, 1u}) {
        std::set<std::uint64_t> visited;
        for (std::uint64_t step = 0; step < blocks; ++step) visited.insert(block_at(pattern, pass, step, blocks));
        ASSERT_EQ(visited.size(), blocks);
        ASSERT_EQ(*visited.rbegin(), blocks - 1);
      }
}

TEST(Pattern, StridesStayInAColumn) {
  EXPECT_EQ(block_at(Pattern::stride, 0, 0, 300), 0u);
  EXPECT_EQ(block_at(Pattern::stride, 0, 1, 300), 128u);
  EXPECT_EQ(block_at(Pattern::stride, 0, 2, 300), 256u);
  EXPECT_EQ(block_at(Pattern::stride, 0, 3, 300), 1u);
}

// Walking: one bit, then all but one, each bit in its turn. Inversions: a word and its inverse.
TEST(Pattern, WordsAreWhatTheirNamesSay) {
  std::uint64_t seen = 0;
  for (std::uint64_t pass = 0; pass < 64; ++pass) {
    const std::uint64_t word = word_of(Pattern::walking, 1, pass, 5, 7);
    EXPECT_EQ(__builtin_popcountll(word), 1);
    EXPECT_EQ(__builtin_popcountll(word_of(Pattern::walking, 1, pass + 64, 5, 7)), 63);
    seen |= word;
  }
  EXPECT_EQ(seen, UINT64_MAX);
  EXPECT_EQ(word_of(Pattern::inversions, 1, 4, 5, 7), ~word_of(Pattern::inversions, 1, 5, 5, 7));
  EXPECT_NE(word_of(Pattern::random, 1, 4, 5, 7), word_of(Pattern::random, 1, 4, 5, 8));
  EXPECT_NE(word_of(Pattern::random, 1, 4, 5, 7), word_of(Pattern::random, 1, 4, 6, 7));
  EXPECT_NE(word_of(Pattern::random, 1, 4, 5, 7), word_of(Pattern::random, 1, 5, 5, 7));
}

constexpr std::int64_t blocks = 256;  // 1 MiB

// One bit of one word, once.
struct OneBitFlips {
  static void block(std::uint64_t* words, std::uint64_t pass, std::uint64_t block) {
    if (pass == 1 && block == 3) words[100] ^= std::uint64_t{1} << 17;
  }
};
constexpr fg_workload flipping = fairground::describe<Memory<OneBitFlips>>();

TEST(Memory, OneBitIsFoundAndNamed) {
  for (std::int64_t pattern = 0; pattern < 4; ++pattern) {
    Job job;
    job.operations = 3 * blocks;
    job.set = {{"size", blocks * 4096}, {"pattern", pattern}};
    const auto o = fairground::testing::run(flipping, job);
    EXPECT_EQ(o.status, FG_WRONG);
    EXPECT_THAT(o.text, testing::StartsWith("1 words are not what was written; the first, at address 0x"));
    EXPECT_THAT(o.text, testing::EndsWith(": 1 bits differ"));
  }
}

// In whatever pass the loop ends, all that was written is read once more.
TEST(Memory, WhatWasWrittenLastIsFoundAgain) {
  for (std::int64_t pattern = 0; pattern < 4; ++pattern)
    for (const std::int64_t operations : {std::int64_t{1}, blocks / 3, blocks, 2 * blocks - 5, 3 * blocks - 100}) {
      Job job;
      job.operations = static_cast<std::uint64_t>(operations);
      job.set = {{"size", blocks * 4096}, {"pattern", pattern}};
      const auto o = fairground::testing::run(fairground_workload_memory, job);
      EXPECT_EQ(o.status, FG_OK) << o.text;
      const auto last = std::min(operations, blocks), before = std::max<std::int64_t>(0, operations - blocks);
      EXPECT_EQ(o.counters.at("tested_bytes"), static_cast<double>((last + before) * 4096));
    }
  Job job;
  job.operations = 2 * blocks;
  job.set = {{"size", blocks * 4096}};
  EXPECT_EQ(fairground::testing::run(flipping, job).status, FG_WRONG);
}

TEST(Memory, TooLittleForEachWorkerIsRefusedBeforehand) {
  Job job;
  job.operations = 1;
  job.workers = 300;
  job.set = {{"size", 1 << 20}};
  const auto o = fairground::testing::run(fairground_workload_memory, job);
  EXPECT_EQ(o.status, FG_BAD_PARAMETER);
  EXPECT_EQ(o.where, "configure");
}

TEST(Memory, MoreThanThereIsIsRefused) {
  Job job;
  job.operations = 1;
  job.set = {{"size", 1ll << 43}};
  EXPECT_EQ(fairground::testing::run(fairground_workload_memory, job).status, FG_NO_RESOURCE);
}

TEST(Memory, PassesAreCounted) {
  Job job;
  job.operations = 10 * blocks;
  job.set = {{"size", blocks * 4096}};
  EXPECT_EQ(fairground::testing::run(fairground_workload_memory, job).counters.at("passes"), 10);
}
}  // namespace
