#include "kit/nodes.h"

#include <gtest/gtest.h>

#include <vector>

namespace {
struct Places {
  explicit Places(const std::vector<std::vector<std::uint32_t>>& units) {
    for (const auto& u : units) places.push_back({sizeof(fg_place), static_cast<std::uint32_t>(u.size()), u.data()});
    for (const fg_place& place : places) pointers.push_back(&place);
    host.place_count = static_cast<std::uint32_t>(places.size());
    host.places = pointers.data();
  }
  std::vector<fg_place> places;
  std::vector<const fg_place*> pointers;
  fg_host host{};
};

using Map = std::vector<std::uint32_t>;

TEST(Nodes, ForcedOnesAreDealtOutInTurn) {
  const std::vector<std::vector<std::uint32_t>> none(5);
  const Places places(none);
  Map map(5);
  EXPECT_EQ(kit_nodes(&places.host, 3, map.data()), 3u);
  EXPECT_EQ(map, (Map{0, 1, 2, 0, 1}));
  EXPECT_EQ(kit_nodes(&places.host, 99, map.data()), 5u);
  EXPECT_EQ(map, (Map{0, 1, 2, 3, 4}));
}

TEST(Nodes, OfTheMachineAreNumberedWithoutGaps) {
  const std::vector<std::vector<std::uint32_t>> units{{}, {0}, {0}, {4'000'000'000}};
  const Places places(units);
  Map map(4, 7);
  const std::uint32_t count = kit_nodes(&places.host, 0, map.data());
  EXPECT_GE(count, 1u);
  EXPECT_EQ(map[1], map[2]);
  EXPECT_EQ(map[0], map[3]);  // not pinned; a unit that there isn't
  for (const std::uint32_t node : map) EXPECT_LT(node, count);
}
}  // namespace
