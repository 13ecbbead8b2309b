// A call into a library whose ordering ThreadSanitizer can't see, because it is made by fences, or in code that was
// built without it: the call's own accesses aren't looked at, and what was done before one call on an object is seen
// after another. Races in the library so stay unseen, but those of who uses it don't. In other builds, only the call.
#pragma once

#include <utility>

#include "kit/tsan.h"

namespace fairground::kit {

template <class F>
auto in_library([[maybe_unused]] void* object, F&& call) {
  struct Around {
    explicit Around(void* o) : object(o) {
      kit_tsan_release(object);
      kit_tsan_ignore_begin();
    }
    ~Around() {
      kit_tsan_ignore_end();
      kit_tsan_acquire(object);
    }
    void* object;
  };
  const Around around(object);
  return std::forward<F>(call)();
}

}  // namespace fairground::kit
