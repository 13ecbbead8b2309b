// Where a semaphore lets its holders in, so many at a time, and what they do there: work, and words that tell whether
// they were more than that. What Guarded is to a lock.
#pragma once

#include <cstdint>
#include <fairground/workload.hpp>

#include "kit/busy.hpp"
#include "kit/relax.hpp"
#include "kit/slots.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct alignas(line) Admitted {
  fg_resource resource;
  std::uint64_t* memory;  // words, each of which counts the holders; NULL: none
  Slot* slots;            // as many as may be inside; taken with check only
  alignas(line) FreeSlots free;

  // What is to be done inside.
  struct Section {
    std::uint64_t steps;  // of work
    std::uint64_t words;  // of memory
    bool alone;           // one may be inside at a time
    bool check;
  };

  // [control, in setup]
  void setup(Host host, std::uint32_t most, std::uint64_t words, const char* id) {
    // Where one may be inside, who it is needs no atomic instruction.
    host.resource(resource, most == 1 ? FG_EXCLUSIVE : FG_PERMITS, most, id);
    slots = host.shared<Slot>(most);
    free.fill(slots, most);
    if (words > 0) memory = host.shared<std::uint64_t>(words);
  }

  // [worker, inside]
  void hold(const Section& section, Worker w, Tally& mine) {
    Slot* const slot = section.check ? free.take(slots) : nullptr;
    const std::uint64_t words = mine.operations | (w.index() + 1ull) << 48;
    if (slot != nullptr)
      slot->canary.say(words);
    else if (section.check)
      ++mine.stale;
    touch(section);
    work(section.steps);
    if (slot == nullptr) return;
    if (!slot->canary.says(words)) ++mine.intruded;
    free.give_back(slots, slot);
  }

  // [control] Words of memory that don't count all who were inside.
  [[nodiscard]] std::uint64_t lost_words(std::uint64_t words) const {
    std::uint64_t lost = 0;
    if (resource.acquisitions == 0) return 0;  // nobody made the pages that they are on
    for (std::uint64_t i = 0; i < words; ++i) lost += memory[i] != resource.acquisitions ? 1 : 0;
    return lost;
  }

 private:
  // Whoever is alone adds plainly: should another be there, counts are lost, and ThreadSanitizer sees the race.
  void touch(const Section& section) const {
    for (std::uint64_t i = 0; i < section.words; ++i) {
      if (section.alone)
        memory[i] += 1;
      else
        __atomic_fetch_add(&memory[i], 1, __ATOMIC_RELAXED);
    }
  }
};

}  // namespace fairground::kit
