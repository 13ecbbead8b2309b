// Anonymous memory of this process that unmaps itself.
#pragma once

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "kit/descriptor.hpp"

namespace fairground::systems {

class Mapping {
 public:
  Mapping() = default;
  // Zeroed, not yet backed by pages. Throws no_resource where there is no room.
  explicit Mapping(std::size_t bytes) : bytes_(bytes) {
    data_ = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data_ == MAP_FAILED) kit::throw_errno(errno, "mmap");
  }
  ~Mapping() { reset(); }
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, MAP_FAILED)), bytes_(std::exchange(other.bytes_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    reset();
    data_ = std::exchange(other.data_, MAP_FAILED);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  void reset() {
    if (data_ != MAP_FAILED) ::munmap(data_, bytes_);
    data_ = MAP_FAILED;
  }
  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  void* data_ = MAP_FAILED;
  std::size_t bytes_ = 0;
};

}  // namespace fairground::systems
