// map-cds: libcds's hash map after Michael (SPAA 2002): a lock-free ordered list for each bucket, its nodes freed by
// hazard pointers. Values are changed in place, atomically.
#include <cds/container/michael_kvlist_hp.h>
#include <cds/container/michael_map.h>

#include <functional>
#include <optional>

#include "kit/library.hpp"
#include "kit/map.hpp"
#include "structures/cds_threads.hpp"

namespace {
using fairground::kit::CdsThreads, fairground::kit::in_library;

struct Cds {
  static constexpr fairground::kit::MapInfo info{
      .id = "map-cds",
      .summary = "libcds's MichaelHashMap: a lock-free list for each bucket, hazard pointers",
  };
  struct ListTraits : cds::container::michael_list::traits {
    using less = std::less<std::uint64_t>;
  };
  struct MapTraits : cds::container::michael_map::traits {
    using hash = std::hash<std::uint64_t>;
    using item_counter = cds::atomicity::item_counter;
  };
  using List = cds::container::MichaelKVList<cds::gc::HP, std::uint64_t, std::uint64_t, ListTraits>;
  using Map = cds::container::MichaelHashMap<cds::gc::HP, List, MapTraits>;
  struct Local {};

  void init(fairground::Host host, std::uint32_t keys) {
    threads.emplace(host.workers());
    map.emplace(keys, 1);
  }
  ~Cds() {
    in_library(this, [&] {
      map.reset();
      threads.reset();
    });
  }
  void join(Local&, fairground::Worker) { in_library(this, CdsThreads::attach); }
  void leave(Local&) { in_library(this, CdsThreads::detach); }

  bool find(Local&, std::uint64_t key, std::uint64_t& value) {
    const auto read = [&](Map::value_type& at) { value = __atomic_load_n(&at.second, __ATOMIC_ACQUIRE); };
    return in_library(this, [&] { return map->find(key, read); });
  }
  bool put(Local&, std::uint64_t key, std::uint64_t value) {
    const auto change = [&](bool, Map::value_type& at) { __atomic_store_n(&at.second, value, __ATOMIC_RELEASE); };
    return in_library(this, [&] {
      if (map->insert(key, value)) return true;  // made with its value: others see it at once
      map->update(key, change, false);
      return false;
    });
  }
  bool erase(Local&, std::uint64_t key) {
    return in_library(this, [&] { return map->erase(key); });
  }
  std::size_t size() { return map->size(); }

  std::optional<CdsThreads> threads;
  std::optional<Map> map;
};
}  // namespace

FAIRGROUND_WORKLOAD(map_cds, fairground::kit::Mapped<Cds>)
