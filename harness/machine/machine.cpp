#include "machine/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "machine/cgroup.hpp"
#include "machine/xml.hpp"

namespace fairground::machine {
namespace {

using Object = const hwloc_obj*;

struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const { hwloc_bitmap_free(bitmap); }
};
using Bitmap = std::unique_ptr<hwloc_bitmap_s, FreeBitmap>;

// Logical indexes from 0, in the order in which objects are first met.
class Numbering {
 public:
  unsigned of(Object object) {
    return numbers_.try_emplace(object, static_cast<unsigned>(numbers_.size())).first->second;
  }
  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(numbers_.size()); }

 private:
  std::map<Object, unsigned> numbers_;
};

Topology load_this_machine() {
  Topology topology;
  const bool loaded =
      hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) == 0 &&
      hwloc_topology_set_type_filter(topology.get(), HWLOC_OBJ_MEMCACHE, HWLOC_TYPE_FILTER_KEEP_ALL) == 0 &&
      hwloc_topology_load(topology.get()) == 0;
  if (!loaded) throw SystemError("hwloc can't see this machine's topology", errno);
  if (hwloc_topology_is_thissystem(topology.get()) == 0) {
    throw UserError(
        "an environment variable (HWLOC_XMLFILE, HWLOC_SYNTHETIC, HWLOC_FSROOT or HWLOC_CPUID_PATH) shows hwloc "
        "another "
        "machine than this one; unset it, or look at that machine with --xml FILE");
  }
  return topology;
}

// What may be used: cpusets and what is online, as hwloc sees them, and of this machine the affinity of this thread.
Bitmap allowed_units(hwloc_topology_t topology, bool this_machine) {
  Bitmap allowed(hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(topology)));
  Bitmap bound(hwloc_bitmap_alloc());
  if (this_machine && hwloc_get_cpubind(topology, bound.get(), HWLOC_CPUBIND_THREAD) == 0) {
    hwloc_bitmap_and(allowed.get(), allowed.get(), bound.get());
  }
  return allowed;
}

Object first_node_of(Object memory_child) {
  for (Object child = memory_child; child != nullptr; child = child->next_sibling) {
    if (child->type == HWLOC_OBJ_NUMANODE) return child;
    if (Object inner = first_node_of(child->memory_first_child)) return inner;
  }
  return nullptr;
}

// The ancestors of a processing unit that planning cares about. Only the node may be missing.
struct Place {
  Object core, cache = nullptr, node = nullptr, package = nullptr;
};

Place place_of(Object unit) {
  Place place{unit};
  Object root = unit;
  for (Object above = unit; above != nullptr; above = above->parent) {
    if (above->type == HWLOC_OBJ_CORE) place.core = above;
    if (above->type == HWLOC_OBJ_PACKAGE && place.package == nullptr) place.package = above;
    if (hwloc_obj_type_is_dcache(above->type) != 0) place.cache = above;  // the outermost: the last level
    if (place.node == nullptr) place.node = first_node_of(above->memory_first_child);
    root = above;
  }
  if (place.package == nullptr) place.package = root;  // some kernels don't tell packages: then there is one
  if (place.cache == nullptr) place.cache = place.package;
  return place;
}

// The kind's rank; -1 where there is none, or hwloc can't rank them. `found` collects the kinds themselves.
int kind_of(hwloc_topology_t topology, Object unit, std::set<int>& found) {
  const int index = hwloc_cpukinds_get_by_cpuset(topology, unit->cpuset, 0);
  if (index < 0) return -1;
  found.insert(index);
  int efficiency = -1;
  hwloc_cpukinds_get_info(topology, static_cast<unsigned>(index), nullptr, &efficiency, nullptr, nullptr, 0);
  return efficiency;
}

void flatten(Machine& machine, hwloc_topology_t topology, const hwloc_bitmap_s* allowed) {
  Numbering packages, nodes, caches, cores;
  std::map<unsigned, unsigned> threads;
  std::set<int> kinds;
  for (hwloc_obj_t unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, nullptr); unit != nullptr;
       unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit)) {
    if (hwloc_bitmap_isset(allowed, unit->os_index) == 0) continue;
    const Place place = place_of(unit);
    const unsigned core = cores.of(place.core);
    machine.units.push_back({.os_index = unit->os_index,
                             .core = core,
                             .cache = caches.of(place.cache),
                             .node = nodes.of(place.node),
                             .package = packages.of(place.package),
                             .thread = threads[core]++,
                             .kind = kind_of(topology, unit, kinds),
                             .node_os_index = place.node != nullptr ? place.node->os_index : 0});
  }
  machine.packages = packages.size();
  machine.nodes = nodes.size();
  machine.caches = caches.size();
  machine.cores = cores.size();
  machine.kinds = std::max(1U, static_cast<unsigned>(kinds.size()));
  if (machine.kinds == 1) {
    for (Unit& unit : machine.units) unit.kind = -1;
  }
}

std::string short_name(Object object) {
  if (object->type == HWLOC_OBJ_GROUP && object->subtype != nullptr) return object->subtype;
  if (hwloc_obj_type_is_cache(object->type) == 0) return hwloc_obj_type_string(object->type);
  if (object->type == HWLOC_OBJ_MEMCACHE) return "MemCache";
  const auto& cache = object->attr->cache;
  const char* kind = cache.type == HWLOC_OBJ_CACHE_DATA ? "d" : cache.type == HWLOC_OBJ_CACHE_INSTRUCTION ? "i" : "";
  return "L" + std::to_string(cache.depth) + kind;
}

std::optional<std::uint64_t> size_of(Object object) {
  if (object->type == HWLOC_OBJ_NUMANODE) return object->attr->numanode.local_memory;
  if (object->type == HWLOC_OBJ_MACHINE) return object->total_memory;
  if (hwloc_obj_type_is_cache(object->type) != 0 || object->type == HWLOC_OBJ_MEMCACHE) return object->attr->cache.size;
  return std::nullopt;
}

nlohmann::json tree_of(hwloc_topology_t topology, Object object, const hwloc_bitmap_s* allowed) {
  nlohmann::json node = {{"type", hwloc_obj_type_string(object->type)},
                         {"name", short_name(object)},
                         {"logical_index", object->logical_index}};
  if (object->os_index != HWLOC_UNKNOWN_INDEX) node["os_index"] = object->os_index;
  if (const auto size = size_of(object); size && *size > 0) node["size_bytes"] = *size;
  if (object->type == HWLOC_OBJ_PU) {
    if (hwloc_bitmap_isset(allowed, object->os_index) == 0) node["allowed"] = false;
    std::set<int> ignored;
    if (const int kind = kind_of(topology, object, ignored); kind >= 0 && hwloc_cpukinds_get_nr(topology, 0) > 1) {
      node["kind"] = kind;
    }
  }
  node["children"] = nlohmann::json::array();
  for (Object child = object->memory_first_child; child != nullptr; child = child->next_sibling) {
    node["children"].push_back(tree_of(topology, child, allowed));
  }
  for (Object child = object->first_child; child != nullptr; child = child->next_sibling) {
    node["children"].push_back(tree_of(topology, child, allowed));
  }
  return node;
}

// Time worth less than one unit is still one unit; what is left over after whole ones would only be throttled.
std::optional<unsigned> whole_units(const CgroupLimits& limits, std::size_t units) {
  const auto cpus = limits.cpus();
  if (!cpus || *cpus >= static_cast<double>(units)) return std::nullopt;
  return std::max(1U, static_cast<unsigned>(*cpus));
}

}  // namespace

Machine discover(const std::optional<std::filesystem::path>& xml) {
  const Topology topology = xml ? load_xml(*xml) : load_this_machine();
  const Bitmap allowed = allowed_units(topology.get(), !xml);
  Machine machine;
  flatten(machine, topology.get(), allowed.get());
  if (machine.units.empty()) {
    throw UserError(
        xml ? "the topology '" + printable(xml->string()) +
                  "' allows no processing unit; write it again on a machine that does"
            : std::string("this process may use none of this machine's processing units; widen its cpuset"));
  }
  machine.xml = export_xml(topology.get());
  machine.tree = tree_of(topology.get(), hwloc_get_root_obj(topology.get()), allowed.get());
  if (!xml) machine.quota_units = whole_units(cgroup_limits(), machine.units.size());
  return machine;
}

}  // namespace fairground::machine
