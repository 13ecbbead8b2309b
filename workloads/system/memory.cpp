// memory: each worker writes patterns into memory of its own and finds them again at the next pass; a bit that is not
// as it was written is named by its address.
#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <fairground/workload.hpp>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/relax.hpp"
#include "system/available.hpp"
#include "system/mapping.hpp"
#include "system/pattern.hpp"

namespace {
using fairground::Worker;
using fairground::systems::block_at;
using fairground::systems::block_words;
using fairground::systems::Pattern;
using fairground::systems::word_of;

// What becomes of a block that has just been written: nothing. Tests put something else here.
struct Kept {
  static void block(std::uint64_t*, std::uint64_t, std::uint64_t) {}
};

template <class Fate = Kept>
class Memory {
 public:
  static constexpr fairground::Description description{
      .id = "memory",
      .family = "system",
      .group = "memory",
      .summary =
          "patterns written to memory and found again: walking ones, random words, moving inversions, row strides",
      .operation = "block of 4 KiB",
      .invariant = "every word is found as it was last written there",
      .capabilities = FG_PROCESSES,
  };
  static constexpr const char* patterns[] = {"walking", "random", "inversions", "stride", nullptr};
  static constexpr auto parameters() {
    return std::make_tuple(
        fairground::choice("pattern", &Memory::pattern_, patterns, 2,
                           "a bit that walks; random words; random words and their inverse, up and down; random words "
                           "in steps of 512 KiB"),
        fairground::size("size", &Memory::size_, 64 << 20, 1 << 20, 1ll << 44, "of all workers together"),
        fairground::ratio("share", &Memory::share_, 0.0, 0.0, 0.9,
                          "of the memory that is free when the trial begins, instead of `size`; 0: `size`"));
  }
  static constexpr fairground::Counter counters[] = {
      {"tested_bytes", "written and found again, of all workers together"},
      {"passes", "over its memory, of the worker that made fewest"}};
  struct Local {
    fairground::systems::Mapping memory;
    std::uint64_t blocks = 0;
  };

  explicit Memory(fairground::Host host) : host_(host) {}
  void configure(const fairground::Configuration& c) {
    if (share_ == 0 && size_ / c.workers() < block_bytes)
      throw fairground::bad_parameter("size: less than 4 KiB for each of " + std::to_string(c.workers()) + " workers");
  }
  void setup() {
    auto bytes = static_cast<std::uint64_t>(size_);
    if (share_ > 0)
      bytes = static_cast<std::uint64_t>(static_cast<double>(fairground::systems::available_memory()) * share_);
    fairground::systems::expect_available("size", bytes);
    blocks_ = bytes / host_.workers() / block_bytes;
    if (blocks_ == 0) throw fairground::no_resource("share: less than 4 KiB of it for each worker");
    tallies_ = host_.shared<Tally>(host_.workers());
  }
  void worker_start(Worker, Local& local) { local.memory = fairground::systems::Mapping(blocks_ * block_bytes); }

  void run(Worker w, Local& local) {
    auto* const memory = static_cast<std::uint64_t*>(local.memory.data());
    const auto pattern = static_cast<Pattern>(pattern_);
    const std::uint64_t seed = w.seed();
    Tally& tally = tallies_[w.index()];
    std::uint64_t pass = 0, step = 0;
    for (; w.go(); w.count()) {
      const std::uint64_t block = block_at(pattern, pass, step, blocks_);
      std::uint64_t* const words = memory + block * block_words;
      if (pass > 0) find_again(tally, words, pattern, seed, pass - 1, block);
      for (std::uint64_t i = 0; i < block_words; ++i) words[i] = word_of(pattern, seed, pass, block, i);
      asm volatile("" : : "r"(words) : "memory");  // written, not remembered
      Fate::block(words, pass, block);
      if (++step == blocks_) {
        step = 0;
        tally.passes = ++pass;
      }
    }
    find_last(tally, memory, pattern, seed, pass, step);
  }

  void verify() {
    std::uint64_t blocks = 0, wrong = 0, fewest = UINT64_MAX;
    const Tally* first = nullptr;
    for (std::uint32_t i = 0; i < host_.workers(); ++i) {
      const Tally& t = tallies_[i];
      blocks += t.blocks;
      wrong += t.wrong;
      fewest = std::min(fewest, t.passes);
      if (first == nullptr && t.wrong > 0) first = &t;
    }
    host_.counter(0, static_cast<double>(blocks) * block_bytes);
    host_.counter(1, static_cast<double>(fewest));
    if (first == nullptr) return;
    char text[200];
    std::snprintf(text, sizeof text,
                  "%" PRIu64 " words are not what was written; the first, at address 0x%" PRIx64 ", is 0x%016" PRIx64
                  " instead of 0x%016" PRIx64 ": %d bits differ",
                  wrong, first->address, first->found, first->expected,
                  __builtin_popcountll(first->found ^ first->expected));
    throw fairground::wrong(text);
  }

 private:
  struct alignas(fairground::kit::line) Tally {
    // Blocks found again; passes; wrong words, and of the first its address, what was expected and what was found.
    std::uint64_t blocks, passes, wrong, address, expected, found;
  };
  static constexpr std::int64_t block_bytes = block_words * 8;

  static void find_again(Tally& tally, const std::uint64_t* words, Pattern pattern, std::uint64_t seed,
                         std::uint64_t pass, std::uint64_t block) {
    std::uint64_t wrong = 0;
    for (std::uint64_t i = 0; i < block_words; ++i) wrong |= words[i] ^ word_of(pattern, seed, pass, block, i);
    if (__builtin_expect(wrong != 0, 0)) name_wrong(tally, words, pattern, seed, pass, block);
    ++tally.blocks;
  }

  // After the loop: what was written last, of this pass and of the one before, for a second at most.
  void find_last(Tally& tally, const std::uint64_t* memory, Pattern pattern, std::uint64_t seed, std::uint64_t pass,
                 std::uint64_t step) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    const auto time = [&](std::uint64_t i) { return i % 256 != 0 || std::chrono::steady_clock::now() < until; };
    const auto find = [&](std::uint64_t of, std::uint64_t from, std::uint64_t to) {
      for (std::uint64_t i = from; i < to && time(i); ++i) {
        const std::uint64_t block = block_at(pattern, of, i, blocks_);
        find_again(tally, memory + block * block_words, pattern, seed, of, block);
      }
    };
    find(pass, 0, step);
    // What the pass before wrote lies where this one has not yet come to, whatever way it goes.
    if (pass == 0) return;
    const bool turns = pattern == Pattern::inversions;  // each other pass goes the other way
    find(pass - 1, turns ? 0 : step, turns ? blocks_ - step : blocks_);
  }

  static void name_wrong(Tally& tally, const std::uint64_t* words, Pattern pattern, std::uint64_t seed,
                         std::uint64_t pass, std::uint64_t block) {
    for (std::uint64_t i = 0; i < block_words; ++i) {
      const std::uint64_t expected = word_of(pattern, seed, pass, block, i), found = words[i];
      if (found == expected) continue;
      if (tally.wrong++ == 0) {
        tally.address = reinterpret_cast<std::uintptr_t>(words + i);
        tally.expected = expected;
        tally.found = found;
      }
    }
  }

  fairground::Host host_;
  std::int64_t pattern_ = 0, size_ = 0;
  double share_ = 0;
  std::uint64_t blocks_ = 0;  // of each worker
  Tally* tallies_ = nullptr;  // shared
};
}  // namespace

FAIRGROUND_WORKLOAD(memory, Memory<>)
