#include "trial/host.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <set>

namespace fairground::trial {
namespace {

// The rule of DESIGN's loop: 1 after a long span, else min(8192, 9c/8 + 1, 6000 c / L).
TEST(NextStamp, FollowsTheRule) {
  EXPECT_EQ(next_stamp(12'001, 8'192, 12'000, 6'000), 1u);
  EXPECT_EQ(next_stamp(12'000, 8'192, 12'000, 6'000), 4'096u);
  EXPECT_EQ(next_stamp(100, 8, 12'000, 6'000), 10u);          // grows by an eighth and one
  EXPECT_EQ(next_stamp(100, 10'000, 12'000, 6'000), 8'192u);  // never above
  EXPECT_EQ(next_stamp(11'000, 1, 12'000, 6'000), 1u);        // never below
  EXPECT_EQ(next_stamp(0, 1, 12'000, 6'000), 2u);
}

// From one operation a stamp, an operation of 1 ns comes to a stamp every 6,000 cycles or 8,192 operations, and stays.
TEST(NextStamp, SettlesForFastOperations) {
  std::uint64_t k = 1;
  for (int i = 0; i < 100; ++i) k = next_stamp(k * 3, k, 12'000, 6'000);
  EXPECT_EQ(k, 2'000u);
}

class HostTest : public testing::Test {
 protected:
  HostTest() : board_(Board::create(2, "{}")) {
    board_.header().ticks_per_ns = 1.0;
    board_.header().stamping = 1;
    host_ = std::make_unique<Host>(board_, 2, false, 7, std::vector<std::vector<unsigned>>{{0}, {1}});
    host_->prepare(0, 1);
  }
  Board board_;
  std::unique_ptr<Host> host_;
};

TEST_F(HostTest, TableSaysWorkersPlacesAndSeed) {
  const fg_host* table = host_->table();
  EXPECT_EQ(table->size, sizeof(fg_host));
  EXPECT_EQ(table->workers, 2u);
  EXPECT_EQ(table->seed, 7u);
  ASSERT_EQ(table->places[1]->unit_count, 1u);
  EXPECT_EQ(table->places[1]->units[0], 1u);
  EXPECT_EQ(table->extension(table, "fairground.unheard-of/1"), nullptr);
}

TEST_F(HostTest, SharedMemoryIsZeroedAlignedAndApart) {
  std::set<char*> seen;
  for (int i = 0; i < 1'000; ++i) {
    auto* p = static_cast<char*>(host_->shared_alloc(1'000, 128));
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(p) % 128, 0u);
    for (int k = 0; k < 1'000; ++k) ASSERT_EQ(p[k], 0);
    p[0] = p[999] = 1;
    EXPECT_TRUE(seen.insert(p).second);
  }
  auto* large = static_cast<char*>(host_->shared_alloc(std::size_t{8} << 20, 64));
  ASSERT_NE(large, nullptr);
  large[(std::size_t{8} << 20) - 1] = 1;
}

TEST_F(HostTest, SharedMemoryThatCantBeHadIsRefused) {
  ASSERT_NE(host_->shared_alloc(1, 64), nullptr);
  for (const std::size_t bytes : {SIZE_MAX, SIZE_MAX - 63, std::size_t{1} << 62, std::size_t{1} << 48}) {
    EXPECT_EQ(host_->shared_alloc(bytes, 64), nullptr) << bytes;
  }
  for (const std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{8'192}}) {
    EXPECT_EQ(host_->shared_alloc(64, alignment), nullptr) << alignment;
  }
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(host_->shared_alloc(64, 4'096)) % 4'096, 0u);
}

TEST_F(HostTest, AResourceOfNoKindIsRefused) {
  fg_resource r{};
  EXPECT_EQ(host_->table()->resource(host_->table(), &r, static_cast<fg_resource_kind>(77), 1, "r"), FG_INTERNAL);
  EXPECT_EQ(r.id, 0u);
  host_->check_resources();
}

TEST_F(HostTest, GoStopsWhenToldAndSetsTheNextHorizon) {
  Slot& slot = board_.slot(0);
  host_->begin(slot);
  EXPECT_EQ(fg_go(&slot.w), 1);
  EXPECT_GT(slot.w.horizon, slot.w.count);
  for (int i = 0; i < 1'000; ++i) {
    ASSERT_EQ(fg_go(&slot.w), 1);
    fg_count(&slot.w, 1);
  }
  board_.header().stop = 1;
  slot.w.horizon = 0;
  EXPECT_EQ(fg_go(&slot.w), 0);
  EXPECT_EQ(fg_go(&slot.w), 0) << "it stays stopped";
  EXPECT_EQ(slot.w.count, 1'000u);
}

TEST_F(HostTest, GapsAreClippedToTheWindow) {
  Slot& slot = board_.slot(0);
  host_->begin(slot);
  const std::uint64_t start = monotonic_ns();
  slot.stamp_ticks = start - 50'000'000;  // 50 ms without a stamp, of which 20 ms are inside the window
  board_.header().window_open = start - 20'000'000;
  slot.w.count = 1;
  slot.w.horizon = 0;
  ASSERT_EQ(fg_go(&slot.w), 1);
  EXPECT_GE(slot.gap_end - slot.gap_begin, 20'000'000u);
  EXPECT_EQ(slot.gap_begin, start - 20'000'000);
  ASSERT_EQ(slot.gap_written.load(), 1u);
  EXPECT_EQ(slot.gaps[0].begin, start - 50'000'000) << "the log keeps the whole span";
  EXPECT_EQ(slot.gaps[0].operations, 1u);
}

TEST_F(HostTest, CompletionsOfTheWindowKeepTheirCounts) {
  Slot& slot = board_.slot(0);
  host_->begin(slot);
  const auto batch = [&](std::uint64_t operations) {
    fg_count(&slot.w, operations);
    slot.w.horizon = 0;
    ASSERT_EQ(fg_go(&slot.w), 1);
  };
  batch(3);
  EXPECT_EQ(slot.completions, 0u) << "the window isn't open";
  board_.header().window_open = monotonic_ns();
  for (int i = 0; i < 4; ++i) batch(10);
  EXPECT_EQ(slot.completions, 4u);
  EXPECT_EQ(slot.first_count, 13u);
  EXPECT_EQ(slot.last_count, 43u);
  EXPECT_LE(slot.first_completion, slot.last_completion);
}

TEST_F(HostTest, AContendersUnitIsNotedWhereItIsStamped) {
  const fg_host* table = host_->table();
  table->stamp_for(table, &board_.contenders()[3]);
  const auto seen = [&](std::uint32_t i) {
    const auto& words = board_.contender_notes()[i].seen;
    return std::any_of(words.begin(), words.end(), [](const auto& word) { return word.load() != 0; });
  };
  EXPECT_TRUE(seen(3));
  EXPECT_FALSE(seen(2));
}

TEST_F(HostTest, RunDelayThatCannotBeReadIsUnknownNotZero) {
  Slot& slot = board_.slot(0);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlimit none{0, limit.rlim_max};
  host_->begin(slot);
  EXPECT_EQ(slot.delay_unknown.load(), slot.schedstat_fd == 0 ? 1u : 0u);
  setrlimit(RLIMIT_NOFILE, &none);
  host_->begin(board_.slot(1));
  setrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(board_.slot(1).schedstat_fd, 0);
  EXPECT_EQ(board_.slot(1).delay_unknown.load(), 1u);
}

TEST_F(HostTest, ResourceFindsBrokenExclusion) {
  fg_resource r{};
  host_->prepare(1, 2);
  ASSERT_EQ(host_->table()->resource(host_->table(), &r, FG_EXCLUSIVE, 1, "door"), FG_OK);
  EXPECT_EQ(r.id, 1u);
  fg_worker* a = &board_.slot(0).w;
  fg_worker* b = &board_.slot(1).w;
  fg_wait(a, &r, FG_WRITE);
  EXPECT_EQ(a->waiting_for, r.id);
  fg_acquired(a, &r, FG_WRITE);
  EXPECT_EQ(a->waiting_for, 0u);
  EXPECT_EQ(a->held[0], r.id);
  fg_released(a, &r, FG_WRITE);
  EXPECT_EQ(a->held[0], 0u);
  host_->check_resources();
  EXPECT_EQ(board_.header().finding_count.load(), 0u) << "one after the other is as it should be";
  fg_acquired(a, &r, FG_WRITE);
  fg_acquired(b, &r, FG_WRITE);
  host_->check_resources();
  ASSERT_EQ(board_.header().finding_count.load(), 1u);
  EXPECT_NE(get_text(board_.header().findings[0].text).find("door"), std::string::npos);
}

TEST_F(HostTest, PermitsAreCountedAndALostOneIsFound) {
  fg_resource r{};
  host_->prepare(1, 2);
  ASSERT_EQ(host_->table()->resource(host_->table(), &r, FG_PERMITS, 2, "pool"), FG_OK);
  fg_worker* a = &board_.slot(0).w;
  fg_worker* b = &board_.slot(1).w;
  fg_acquired(a, &r, FG_WRITE);
  fg_acquired(b, &r, FG_WRITE);
  EXPECT_EQ(r.most_inside, 2u);
  EXPECT_EQ(r.violations, 0u);
  fg_released(a, &r, FG_WRITE);
  host_->check_resources();
  EXPECT_EQ(board_.header().finding_count.load(), 1u) << "one is still inside";
}

TEST_F(HostTest, LocksReleasedOutOfOrderLeaveTheOthersHeld) {
  std::array<fg_resource, 3> r{};
  fg_worker* a = &board_.slot(0).w;
  for (fg_resource& each : r) {
    host_->table()->resource(host_->table(), &each, FG_EXCLUSIVE, 1, "nested");
    fg_acquired(a, &each, FG_WRITE);
  }
  fg_released(a, &r[0], FG_WRITE);
  EXPECT_EQ(a->held[0], 0u);
  EXPECT_EQ(a->held[1], r[1].id);
  EXPECT_EQ(a->held[2], r[2].id);
}

}  // namespace
}  // namespace fairground::trial
