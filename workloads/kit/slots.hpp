// As many slots as there are permits, in a free list: whoever is inside takes one and gives it back. An empty list
// means, at that very instant, that more are inside than there are permits.
//
// A Treiber stack of indexes (R. K. Treiber, IBM RJ 5118, 1986) with a tag of 32 bits against ABA.
#pragma once

#include <cstdint>

#include "kit/relax.hpp"
#include "kit/tally.hpp"

namespace fairground::kit {

struct alignas(line) Slot {
  std::uint32_t next;  // index + 1 of the next free one; 0: the last
  Canary canary;
};

class FreeSlots {
 public:
  // [control, in setup]
  void fill(Slot* slots, std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) slots[i].next = i + 1 < n ? i + 2 : 0;
    top_ = n == 0 ? 0 : 1;
  }

  // [worker] NULL: none is free.
  Slot* take(Slot* slots) {
    std::uint64_t old = __atomic_load_n(&top_, __ATOMIC_ACQUIRE);
    while (index(old) != 0) {
      Slot* first = &slots[index(old) - 1];
      const std::uint64_t rest = tagged(old, __atomic_load_n(&first->next, __ATOMIC_RELAXED));
      if (__atomic_compare_exchange_n(&top_, &old, rest, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) return first;
    }
    return nullptr;
  }

  // [worker]
  void give_back(Slot* slots, Slot* slot) {
    const auto me = static_cast<std::uint32_t>(slot - slots) + 1;
    std::uint64_t old = __atomic_load_n(&top_, __ATOMIC_RELAXED);
    do {
      __atomic_store_n(&slot->next, index(old), __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&top_, &old, tagged(old, me), false, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
  }

 private:
  static std::uint32_t index(std::uint64_t top) { return static_cast<std::uint32_t>(top); }
  static std::uint64_t tagged(std::uint64_t old, std::uint32_t index) { return ((old >> 32) + 1) << 32 | index; }
  std::uint64_t top_;  // tag << 32 | index + 1 of the first free slot
};

}  // namespace fairground::kit
