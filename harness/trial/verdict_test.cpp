#include "trial/verdict.hpp"

#include <gtest/gtest.h>

namespace fairground::trial {
namespace {

constexpr std::uint64_t deadline_ns = 1'000'000'000;

Board board_of(std::initializer_list<Stage> stages) {
  Board board = Board::create(static_cast<std::uint32_t>(stages.size()), "{}");
  std::uint32_t i = 0;
  for (const Stage stage : stages) board.slot(i++).stage = static_cast<std::uint32_t>(stage);
  return board;
}

TEST(WhoHangs, IsTheFirstThatHasNotComeSoFar) {
  const Board pinning = board_of({Stage::pinned, Stage::absent, Stage::absent});
  EXPECT_EQ(who_hangs(pinning, Phase::pin, deadline_ns), 1) << "pinned is all that is wanted there";
  const Board starting = board_of({Stage::ready, Stage::ready, Stage::starting});
  EXPECT_EQ(who_hangs(starting, Phase::barrier, deadline_ns), 2);
  const Board leaving = board_of({Stage::finished, Stage::left, Stage::running});
  EXPECT_EQ(who_hangs(leaving, Phase::wake, deadline_ns), 2);
  EXPECT_EQ(who_hangs(leaving, Phase::join, deadline_ns), 1);
}

TEST(WhoHangs, IsTheControlThreadWhereItIsItsTurn) {
  const Board board = board_of({Stage::running});
  for (const Phase phase : {Phase::setup, Phase::start, Phase::verify, Phase::teardown})
    EXPECT_EQ(who_hangs(board, phase, deadline_ns), -1) << name(phase);
}

TEST(WhoHangs, IsTheControlThreadThatIsInsideWake) {
  const Board board = board_of({Stage::running});
  board.header().wake_entered_ns = monotonic_ns();
  EXPECT_EQ(who_hangs(board, Phase::wake, deadline_ns), 0)
      << "it is called again and again: that it is in there says nothing";
  board.header().wake_entered_ns = monotonic_ns() - deadline_ns;
  EXPECT_EQ(who_hangs(board, Phase::wake, deadline_ns), -1);
}

}  // namespace
}  // namespace fairground::trial
