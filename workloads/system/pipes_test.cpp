#include "pipes.cpp"

#include <gtest/gtest.h>

#include <cstring>

namespace {
using fairground::systems::Message;

TEST(Message, IsWhatItWasFilledWith) {
  for (const std::size_t bytes : {16u, 24u, 4096u}) {
    Message m(bytes);
    m.fill(7, 42);
    EXPECT_TRUE(m.is(7, 42));
    EXPECT_FALSE(m.is(7, 43)) << "another number: one was lost or doubled";
    EXPECT_FALSE(m.is(8, 42)) << "another worker's";
  }
}

TEST(Message, AnyBitThatChangesIsSeen) {
  Message m(256);
  m.fill(7, 42);
  for (std::size_t bit = 0; bit < 8 * m.bytes(); ++bit) {
    m.data()[bit / 8] ^= static_cast<char>(1 << bit % 8);
    ASSERT_FALSE(m.is(7, 42)) << bit;
    m.data()[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
  EXPECT_TRUE(m.is(7, 42));
}

// Longer than the kernel's buffer, so it goes in parts.
TEST(Pass, LongMessagesComeWhole) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const Descriptor in(ends[0]), out(ends[1]);
  Message there(1 << 20), back(1 << 20);
  there.fill(1, 2);
  EXPECT_TRUE(fairground::systems::pass(out.get(), in.get(), there, back));
  EXPECT_TRUE(back.is(1, 2));
}

// What stands in the pipe before is taken for the message, and is none.
TEST(Pass, AForeignByteIsSeen) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const Descriptor in(ends[0]), out(ends[1]);
  ASSERT_EQ(::write(out.get(), "x", 1), 1);
  Message there(64), back(64);
  there.fill(1, 2);
  EXPECT_TRUE(fairground::systems::pass(out.get(), in.get(), there, back));
  EXPECT_FALSE(back.is(1, 2));
}
}  // namespace
