// Files that workloads read and write, and the blocks in them, which say themselves what they are.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>

#include "kit/descriptor.hpp"
#include "kit/random.hpp"

namespace fairground::kit {

// `flags` as open(2) takes them; with direct, past the page cache, or `unsupported` if the file system can't.
inline Descriptor open_file(const std::string& path, int flags, bool direct) {
  Descriptor file(::open(path.c_str(), flags | O_CLOEXEC | (direct ? O_DIRECT : 0), 0600));
  if (file.get() < 0 && direct && errno == EINVAL)
    throw unsupported("the file system of the scratch folder has no O_DIRECT (mode=direct)");
  if (file.get() < 0) throw_errno(errno, "open");
  return file;
}

// 4 KiB that carry their place in the file, who wrote them how often, and a checksum over all of it.
struct alignas(4096) Block {
  static constexpr std::int64_t bytes = 4096;
  std::uint64_t magic, index, sequence, writer, checksum;
  std::uint64_t filling[512 - 5];  // fresh random words each time: nothing on the way can compress or merge it

  void fill(std::uint64_t at, std::uint64_t turn, std::uint64_t who) {
    magic = of_fairground;
    index = at;
    sequence = turn;
    writer = who;
    Random random(at ^ turn << 32 ^ who << 56);
    for (std::uint64_t& word : filling) word = random();
    checksum = sum();
  }
  [[nodiscard]] bool whole(std::uint64_t at) const {
    return magic == of_fairground && index == at && checksum == sum();
  }

 private:
  static constexpr std::uint64_t of_fairground = 0x46414952424c4f43u;
  // Words weighted with odd numbers, so that exchanged ones show; each single error does.
  [[nodiscard]] std::uint64_t sum() const {
    std::uint64_t sum = magic + 3 * index + 5 * sequence + 7 * writer;
    for (std::uint64_t i = 0; i < std::size(filling); ++i) sum += filling[i] * (2 * i + 9);
    return sum;
  }
};
static_assert(sizeof(Block) == Block::bytes);

// EINVAL from aligned reads and writes: O_DIRECT, and the device's blocks are larger than ours.
[[noreturn]] inline void throw_block_errno(int error, const char* call) {
  if (error == EINVAL) throw unsupported("the file system takes no blocks of 4 KiB with O_DIRECT (mode=direct)");
  throw_errno(error, call);
}

// All of the block at its place in the file, or an error that says which.
inline void read_block(const Descriptor& file, Block& block, std::uint64_t index) {
  const ssize_t got = ::pread(file.get(), &block, Block::bytes, static_cast<off_t>(index) * Block::bytes);
  if (got < 0) throw_block_errno(errno, "pread");
  if (got != Block::bytes) throw wrong("block " + std::to_string(index) + " was cut short");
}
inline void write_block(const Descriptor& file, const Block& block, std::uint64_t index) {
  const ssize_t put = ::pwrite(file.get(), &block, Block::bytes, static_cast<off_t>(index) * Block::bytes);
  if (put < 0) throw_block_errno(errno, "pwrite");
  if (put != Block::bytes) throw no_resource("block " + std::to_string(index) + " was not written whole");
}

// [control] A new file of n whole blocks, as writer 0's turn 0, on the disk; for direct, in no cache. It is written
// through the cache even so, which is faster by far than block by block.
inline void create_file(const std::string& path, std::uint64_t blocks, bool direct) {
  const Descriptor file = open_file(path, O_RDWR | O_CREAT | O_TRUNC, false);
  if (direct) open_file(path, O_RDWR, true);  // or `unsupported`, now rather than later
  const auto block = std::make_unique<Block>();
  for (std::uint64_t i = 0; i < blocks; ++i) {
    block->fill(i, 0, 0);
    write_block(file, *block, i);
  }
  if (::fsync(file.get()) != 0) throw_errno(errno, "fsync");
  if (direct) (void)::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
}

}  // namespace fairground::kit
