#include "kit/block_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace {
using fairground::kit::Block;

TEST(Block, AnyDamageShows) {
  auto block = std::make_unique<Block>();
  block->fill(7, 3, 1);
  EXPECT_TRUE(block->whole(7));
  EXPECT_FALSE(block->whole(8)) << "the block of another place";
  auto* bytes = reinterpret_cast<unsigned char*>(block.get());
  for (std::size_t i = 0; i < Block::bytes; i += 37) {
    bytes[i] ^= 0x10;
    EXPECT_FALSE(block->whole(7)) << "byte " << i;
    bytes[i] ^= 0x10;
  }
  std::swap(block->filling[0], block->filling[500]);
  EXPECT_FALSE(block->whole(7)) << "two words exchanged";
}

TEST(Block, EachFillingIsAnother) {
  auto one = std::make_unique<Block>(), other = std::make_unique<Block>();
  one->fill(7, 3, 1);
  other->fill(7, 4, 1);
  EXPECT_NE(one->filling[0], other->filling[0]);
  EXPECT_NE(one->filling[506], other->filling[506]);
}

// /proc does no O_DIRECT.
TEST(BlockFile, DirectWhereThereIsNoneIsUnsupported) {
  try {
    fairground::kit::open_file("/proc/self/status", O_RDONLY, true);
    FAIL();
  } catch (const fairground::Failure& failure) {
    EXPECT_EQ(failure.status(), FG_UNSUPPORTED);
    EXPECT_NE(std::string(failure.what()).find("O_DIRECT"), std::string::npos);
  }
}

TEST(BlockFile, AFullDiskIsAMissingResource) {
  try {
    fairground::kit::create_file("/dev/full", 1, false);
    FAIL();
  } catch (const fairground::Failure& failure) {
    EXPECT_EQ(failure.status(), FG_NO_RESOURCE) << failure.what();
  }
}

TEST(BlockFile, AMissingFileIsAnError) {
  EXPECT_THROW(fairground::kit::open_file("/nonexistent/file", O_RDONLY, false), std::runtime_error);
}
}  // namespace
