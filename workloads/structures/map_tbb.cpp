// map-tbb: oneTBB's concurrent_hash_map: buckets with a reader-writer spin lock each, and one in every element.
#include <tbb/concurrent_hash_map.h>

#include "kit/map.hpp"

namespace {
struct Tbb {
  static constexpr fairground::kit::MapInfo info{
      .id = "map-tbb",
      .summary = "oneTBB's concurrent_hash_map: a reader-writer lock in each bucket and element",
  };
  using Map = tbb::concurrent_hash_map<std::uint64_t, std::uint64_t>;
  struct Local {};
  void init(fairground::Host, std::uint32_t keys) { map.rehash(keys); }

  bool find(Local&, std::uint64_t key, std::uint64_t& value) {
    Map::const_accessor at;
    if (!map.find(at, key)) return false;
    value = at->second;
    return true;
  }
  bool put(Local&, std::uint64_t key, std::uint64_t value) {
    Map::accessor at;
    const bool made = map.insert(at, key);
    at->second = value;
    return made;
  }
  bool erase(Local&, std::uint64_t key) { return map.erase(key); }
  std::size_t size() { return map.size(); }

  Map map;
};
}  // namespace

FAIRGROUND_WORKLOAD(map_tbb, fairground::kit::Mapped<Tbb>)
