// Plain fields that several threads or processes share, in structs that C has to know: read and written relaxed.
#pragma once

#include <cstdint>

namespace fairground {

inline std::uint64_t load_relaxed(const std::uint64_t& field) { return __atomic_load_n(&field, __ATOMIC_RELAXED); }
inline std::uint32_t load_relaxed(const std::uint32_t& field) { return __atomic_load_n(&field, __ATOMIC_RELAXED); }
inline void store_relaxed(std::uint64_t& field, std::uint64_t value) {
  __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}
inline void store_relaxed(std::uint32_t& field, std::uint32_t value) {
  __atomic_store_n(&field, value, __ATOMIC_RELAXED);
}

// a - b, or 0.
inline std::uint64_t minus(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

}  // namespace fairground
