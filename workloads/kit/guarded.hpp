// What a lock guards, and what its holders do there: work, and write or read words that tell whether they were alone.
//
// The words are plain on purpose: a lock that lets two writers in loses increments, and ThreadSanitizer sees the race.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>

#include "kit/busy.hpp"
#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct alignas(line) Guarded {
  fg_resource resource;
  std::uint64_t counter;  // of writes
  std::uint64_t* memory;  // more words, each of which says the same; NULL: none
  Canary canary;          // touched with check only

  // What is to be done inside.
  struct Section {
    std::uint64_t steps;  // of work
    std::uint64_t words;  // of memory
    bool check;
  };

  // [worker, alone inside] Before it the canary says the counter; inside, the counter and who is there.
  void write(const Section& section, Worker w, Tally& mine) {
    const std::uint64_t inside = counter | (w.index() + 1ull) << 48;
    if (section.check) {
      if (!canary.says(counter)) ++mine.stale;
      canary.say(inside);
    }
    for (std::uint64_t i = 0; i < section.words; ++i) memory[i] += 1;
    work(section.steps);
    if (section.check) {
      if (!canary.says(inside)) ++mine.intruded;
      canary.say(counter + 1);
    }
    counter += 1;
  }

  // [worker, no writer inside] Nothing may change until it leaves.
  void read(const Section& section, Tally& mine) const {
    const std::uint64_t before = __atomic_load_n(&counter, __ATOMIC_RELAXED);
    std::uint64_t other = section.check && !canary.says(before) ? 1 : 0;
    for (std::uint64_t i = 0; i < section.words; ++i) other |= memory[i] ^ before;
    if (other != 0) ++mine.stale;
    work(section.steps);
    if (__atomic_load_n(&counter, __ATOMIC_RELAXED) != before || (section.check && !canary.says(before)))
      ++mine.intruded;
  }

  // [control] Words of memory that don't say what the counter says.
  [[nodiscard]] std::uint64_t lost_words(std::uint64_t words) const {
    std::uint64_t lost = 0;
    if (counter == 0) return 0;  // nobody wrote, and nobody made the pages that they are on
    for (std::uint64_t i = 0; i < words; ++i) lost += memory[i] != counter ? 1 : 0;
    return lost;
  }
};

}  // namespace fairground::kit
