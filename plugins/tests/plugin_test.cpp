// The functions of plugin.h themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "mini_host.hpp"

namespace {

fg_worker worker(std::uint32_t index) {
  fg_worker w{};
  w.index = index;
  return w;
}
fg_resource resource(std::uint32_t id, fg_resource_kind kind, std::uint32_t permits) {
  fg_resource r{};
  r.id = id;
  r.kind = kind;
  r.permits = permits;
  return r;
}
void take(fg_worker& w, fg_resource& r, fg_access access = FG_WRITE) {
  fg_wait(&w, &r, access);
  fg_acquired(&w, &r, access);
}
std::vector<std::uint32_t> held(const fg_worker& w) {
  std::vector<std::uint32_t> ids;
  std::copy_if(w.held, w.held + FG_HELD_MAX, std::back_inserter(ids), [](std::uint32_t id) { return id != 0; });
  return ids;
}
using Ids = std::vector<std::uint32_t>;

TEST(Fail, WritesTheSentenceWithinTheBuffer) {
  char text[8] = "before";
  fg_error error{sizeof(fg_error), sizeof text, text};
  EXPECT_EQ(fg_fail(&error, FG_UNSUPPORTED, "needs %s", "AVX2"), FG_UNSUPPORTED);
  EXPECT_STREQ(text, "needs A");
}

TEST(Fail, NeedsNoBuffer) {
  fg_error error{sizeof(fg_error), 0, nullptr};
  EXPECT_EQ(fg_fail(nullptr, FG_WRONG, "%d", 1), FG_WRONG);
  EXPECT_EQ(fg_fail(&error, FG_WRONG, "%d", 1), FG_WRONG);
}

TEST(Has, TellsWhatAnOlderSideLacks) {
  fg_host host{};
  host.size = offsetof(fg_host, extension);
  EXPECT_TRUE(FG_HAS(&host, stamp_for));
  EXPECT_FALSE(FG_HAS(&host, extension));
  host.size = sizeof host;
  EXPECT_TRUE(FG_HAS(&host, extension));
}

TEST(Loop, AsksTheHostOnlyWhenTheCountReachesTheHorizon) {
  static int asked;
  asked = 0;
  fg_host host{};
  host.go = [](fg_worker* w) { return ++asked, w->horizon = w->count + 10, asked < 4 ? 1 : 0; };
  fg_worker w = worker(0);
  w.host = &host;
  for (int turns = 0; fg_go(&w) != 0; ++turns) {
    fg_count(&w, 1);
    if (turns == 4) w.horizon = 0;  // the supervisor wants to be asked
  }
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(w.count, 5u + 10 + 10);
}

TEST(Loop, CountsForOtherContenders) {
  fg_contender_slot slots[3]{};
  fg_worker w = worker(0);
  w.contenders = slots;
  fg_count_for(&w, 2, 5);
  fg_count_for(&w, 2, 1);
  EXPECT_EQ(slots[2].count, 6u);
  EXPECT_EQ(slots[1].count, 0u);
  EXPECT_EQ(w.count, 0u);
}

TEST(Exclusive, OneAfterTheOtherIsRight) {
  fg_resource r = resource(1, FG_EXCLUSIVE, 1);
  fg_worker a = worker(0), b = worker(1);
  fg_wait(&a, &r, FG_WRITE);
  EXPECT_EQ(a.waiting_for, 1u);
  fg_acquired(&a, &r, FG_WRITE);
  EXPECT_EQ(a.waiting_for, 0u);
  EXPECT_EQ(r.owner, 1u);
  EXPECT_EQ(held(a), Ids{1});
  fg_released(&a, &r, FG_WRITE);
  take(b, r);
  EXPECT_EQ(r.owner, 2u);
  fg_released(&b, &r, FG_WRITE);
  EXPECT_EQ(r.owner, 0u);
  EXPECT_EQ(r.acquisitions, 2u);
  EXPECT_EQ(r.violations, 0u);
  EXPECT_EQ(held(a), Ids{});
}

TEST(Exclusive, TwoInsideAreAViolation) {
  fg_resource r = resource(1, FG_EXCLUSIVE, 1);
  fg_worker a = worker(0), b = worker(1);
  take(a, r);
  take(b, r);
  EXPECT_EQ(r.violations, 1u);
}

TEST(Exclusive, SoIsReleasingWhatAnotherOwns) {
  fg_resource r = resource(1, FG_EXCLUSIVE, 1);
  fg_worker a = worker(0), b = worker(1);
  take(a, r);
  fg_released(&b, &r, FG_WRITE);
  EXPECT_EQ(r.violations, 1u);
}

TEST(Permits, AsManyAsThereAre) {
  fg_resource r = resource(1, FG_PERMITS, 2);
  fg_worker w[] = {worker(0), worker(1), worker(2)};
  take(w[0], r);
  take(w[1], r);
  EXPECT_EQ(r.violations, 0u);
  take(w[2], r);
  EXPECT_EQ(r.violations, 1u);
  for (fg_worker& each : w) fg_released(&each, &r, FG_WRITE);
  EXPECT_EQ(r.inside, 0u);
  EXPECT_EQ(r.most_inside, 3u);
  EXPECT_EQ(r.acquisitions, 3u);
}

TEST(Shared, ReadersTogetherWritersAlone) {
  fg_resource r = resource(1, FG_SHARED, 0);
  fg_worker w[] = {worker(0), worker(1), worker(2)};
  take(w[0], r, FG_READ);
  take(w[1], r, FG_READ);
  EXPECT_EQ(r.violations, 0u);
  take(w[2], r, FG_WRITE);
  EXPECT_EQ(r.violations, 1u) << "a writer among readers";
  fg_released(&w[0], &r, FG_READ);
  fg_released(&w[1], &r, FG_READ);
  take(w[0], r, FG_READ);
  EXPECT_EQ(r.violations, 2u) << "a reader beside the writer";
  fg_released(&w[0], &r, FG_READ);
  fg_released(&w[2], &r, FG_WRITE);
  EXPECT_EQ(r.violations, 2u);
  EXPECT_EQ(r.inside, 0u);
  EXPECT_EQ(r.owner, 0u);
}

TEST(Waiting, GivenUpIsOverAndCounted) {
  fg_resource r = resource(7, FG_EXCLUSIVE, 1);
  fg_worker w = worker(0);
  fg_wait_as(&w, &r, FG_WRITE, 4711);
  EXPECT_EQ(w.waiting_for, 7u);
  EXPECT_EQ(w.waiting_as, 4711u);
  fg_gave_up(&w, &r, FG_WRITE);
  EXPECT_EQ(w.waiting_for, 0u);
  EXPECT_EQ(w.gave_up, 1u);
  EXPECT_EQ(r.acquisitions, 0u);
}

struct Many {
  fg_worker w = worker(0);
  std::vector<fg_resource> r;
  explicit Many(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) r.push_back(resource(i + 1, FG_EXCLUSIVE, 1));
    for (fg_resource& each : r) take(w, each);
  }
  void give(std::uint32_t id) { fg_released(&w, &r[id - 1], FG_WRITE); }
};

TEST(Held, AnyOrderOfRelease) {
  Many m(4);
  m.give(2);
  EXPECT_EQ(held(m.w), (Ids{1, 3, 4}));
  m.give(4);
  m.give(1);
  EXPECT_EQ(held(m.w), Ids{3});
  m.give(3);
  EXPECT_EQ(held(m.w), Ids{});
  EXPECT_EQ(m.w.held_more, 0u);
}

TEST(Held, MoreThanTheListHasRoomFor) {
  Many m(10);
  EXPECT_EQ(m.w.held_more, 2u);
  EXPECT_EQ(held(m.w), (Ids{1, 2, 3, 4, 5, 6, 7, 8}));
  m.give(3);
  EXPECT_EQ(held(m.w), (Ids{1, 2, 4, 5, 6, 7, 8}));
  for (const std::uint32_t id : {9, 10, 1, 2, 4, 5, 6, 7, 8}) m.give(id);
  EXPECT_EQ(held(m.w), Ids{});
  EXPECT_EQ(m.w.held_more, 0u);
}

TEST(Held, APermitHandedOverLeavesTheListAlone) {
  fg_resource r = resource(9, FG_PERMITS, 1);
  fg_worker producer = worker(0), consumer = worker(1);
  take(consumer, r);
  fg_released(&producer, &r, FG_WRITE);  // posts what another took
  EXPECT_EQ(held(producer), Ids{});
  EXPECT_EQ(held(consumer), Ids{9});
  Many m(3);
  fg_released(&m.w, &r, FG_WRITE);
  EXPECT_EQ(held(m.w), (Ids{1, 2, 3}));
}

}  // namespace
