// Windows over boards made by hand.
#include "trial/window.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace fairground::trial {
namespace {

class WindowTest : public testing::Test {
 protected:
  WindowTest() : board_(Board::create(2, "{}")), window_(board_, 0, TickSource::monotonic, 1.0) {}

  // The first and the last completion of the window, so long after its start, with the counts at them.
  void completed(std::uint32_t i, std::uint64_t completions, std::uint64_t first_ns, std::uint64_t first_count,
                 std::uint64_t last_ns, std::uint64_t last_count) {
    Slot& slot = board_.slot(i);
    slot.completions = completions;
    slot.first_completion = window_.first().at.tick + first_ns;
    slot.last_completion = window_.first().at.tick + last_ns;
    slot.first_count = first_count;
    slot.last_count = last_count;
    slot.w.count = last_count;
  }
  Result close() {
    window_.close();
    Result result;
    window_.write(result, Spec{});
    return result;
  }
  Board board_;
  Window window_;
};

// (k - 1) T / (last - first), and the same where one completion counts for ten.
TEST_F(WindowTest, EffectiveOperationsAreTheRateBetweenCompletions) {
  window_.open(0);
  completed(0, 6, 100, 1, 600, 6);
  completed(1, 6, 100, 10, 600, 60);
  const Result r = close();
  const auto window = static_cast<double>(r.window_ns);
  ASSERT_TRUE(r.workers[0].effective_operations.has_value());
  ASSERT_TRUE(r.workers[1].effective_operations.has_value());
  EXPECT_DOUBLE_EQ(*r.workers[0].effective_operations, 5 * window / 500);
  EXPECT_DOUBLE_EQ(*r.workers[1].effective_operations, 50 * window / 500);
}

TEST_F(WindowTest, EffectiveOperationsAreForFewCompletions) {
  window_.open(0);
  completed(0, 1, 100, 1, 100, 1);
  completed(1, 101, 100, 1, 600, 101);
  const Result r = close();
  EXPECT_FALSE(r.workers[0].effective_operations.has_value());
  EXPECT_FALSE(r.workers[1].effective_operations.has_value());
}

TEST(WindowOfContenders, TellsWhereTheyWereSeen) {
  Board board = Board::create(1, "{}");
  Window window(board, 2, TickSource::monotonic, 1.0);
  window.open(0);
  board.contender_notes()[1].seen[0] = 0b1001;
  board.contender_notes()[1].seen[63] = std::uint64_t{1} << 63;
  window.close();
  Result r;
  window.write(r, Spec{});
  ASSERT_EQ(r.contenders.size(), 2u);
  EXPECT_TRUE(r.contenders[0].units_seen.empty());
  EXPECT_EQ(r.contenders[1].units_seen, (std::vector<unsigned>{0, 3, 4'095}));
}

TEST(Board, CannotBeCutShort) {
  const Board board = Board::create(1, "{}");
  EXPECT_EQ(ftruncate(board.fd(), 0), -1);
  EXPECT_EQ(errno, EPERM);
}

}  // namespace
}  // namespace fairground::trial
