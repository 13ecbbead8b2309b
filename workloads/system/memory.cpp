// memory: each worker writes patterns into memory of its own and finds them again at the next pass; a bit that is not
// as it was written is named by its address.
#include <algorithm>
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
      .invariant = "every word read is the one that the pass before wrote there",
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
  static constexpr fairground::Counter counters[] = {{"tested_bytes", "of all workers together"},
                                                     {"passes", "over its memory, of the worker that made fewest"}};
  struct Local {
    fairground::systems::Mapping memory;
    std::uint64_t blocks = 0;
  };

  explicit Memory(fairground::Host host) : host_(host) {}
  void setup() {
    const std::uint64_t available = fairground::systems::available_memory();
    const std::uint64_t bytes = share_ > 0 ? static_cast<std::uint64_t>(static_cast<double>(available) * share_)
                                           : static_cast<std::uint64_t>(size_);
    if (bytes > available)
      throw fairground::no_resource("size: " + std::to_string(bytes >> 20) + " MiB, and " +
                                    std::to_string(available >> 20) + " MiB are free");
    blocks_ = bytes / host_.workers() / (8 * block_words);
    if (blocks_ == 0) throw fairground::bad_parameter("size: less than 4 KiB for each worker");
    tallies_ = host_.shared<Tally>(host_.workers());
  }
  void worker_start(Worker, Local& local) { local.memory = fairground::systems::Mapping(blocks_ * block_words * 8); }

  void run(Worker w, Local& local) {
    auto* const memory = static_cast<std::uint64_t*>(local.memory.data());
    const auto pattern = static_cast<Pattern>(pattern_);
    const std::uint64_t seed = w.seed();
    Tally& tally = tallies_[w.index()];
    for (std::uint64_t pass = 0, step = 0; w.go(); w.count()) {
      const std::uint64_t block = block_at(pattern, pass, step, blocks_);
      std::uint64_t* const words = memory + block * block_words;
      if (pass > 0) {
        std::uint64_t wrong = 0;
        for (std::uint64_t i = 0; i < block_words; ++i) wrong |= words[i] ^ word_of(pattern, seed, pass - 1, block, i);
        if (__builtin_expect(wrong != 0, 0)) name_wrong(tally, words, pattern, seed, pass - 1, block);
      }
      for (std::uint64_t i = 0; i < block_words; ++i) words[i] = word_of(pattern, seed, pass, block, i);
      asm volatile("" : : "r"(words) : "memory");  // written, not remembered
      Fate::block(words, pass, block);
      if (++step == blocks_) {
        step = 0;
        tally.passes = ++pass;
      }
      ++tally.blocks;
    }
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
    host_.counter(0, static_cast<double>(blocks) * block_words * 8);
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
    std::uint64_t blocks, passes, wrong, address, expected, found;  // the last three of the first wrong word
  };
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
