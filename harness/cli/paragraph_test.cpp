#include "cli/paragraph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fairground::cli {
namespace {

using testing::ElementsAre;

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_THAT(wrap("one two  three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("a longerthanten b", 10), ElementsAre("a", "longerthanten", "b"));
  EXPECT_THAT(wrap("é é é", 3), ElementsAre("é é", "é"));
  EXPECT_THAT(wrap("", 5), ElementsAre(""));
}

}  // namespace
}  // namespace fairground::cli
