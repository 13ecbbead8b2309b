// Small things that every primitive needs: a cache line's width, the pause of a spin loop, and words for
// ThreadSanitizer.
#pragma once

#include <cstddef>

#include "kit/tsan.h"

#ifdef KIT_TSAN
#define FAIRGROUND_TSAN 1
#endif

namespace fairground::kit {

// Two lines of 64 bytes: neighbours are fetched in pairs on x86-64, and some aarch64 lines are that wide.
inline constexpr std::size_t line = 128;

// Tell the core that this is a spin loop.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}

// For ordering that ThreadSanitizer can't see, because it is made by inline assembly or in a library built without it:
// what happened before tsan_release(p) is seen after tsan_acquire(p). Nothing in other builds.
inline void tsan_acquire(void* address) { kit_tsan_acquire(address); }
inline void tsan_release(void* address) { kit_tsan_release(address); }

}  // namespace fairground::kit
