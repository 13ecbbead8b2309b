// A machine as hwloc sees it, flattened to what planning and the record need.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace fairground::machine {

// Larger OS indexes of processing units and nodes are taken for damage and for slips of the finger.
inline constexpr unsigned max_os_index = 65'535;

// One processing unit (hardware thread) that this process is allowed to use. The other fields are logical indexes among
// allowed objects, from 0, in hwloc's order.
struct Unit {
  unsigned os_index;
  unsigned core;
  unsigned cache;  // last-level cache; the package's where there is none
  unsigned node;   // NUMA node: the nearest, the first of several that are equally near
  unsigned package;
  unsigned thread;  // which hardware thread of its core: 0, 1, ...
  int kind;         // CPU kind by hwloc's efficiency rank, higher performs better; -1: one kind only, or no rank known
  unsigned node_os_index = 0;  // of its NUMA node: what people and node:N say
};

struct Machine {
  std::vector<Unit> units;                                  // allowed ones, in hwloc's logical order
  unsigned packages = 0, nodes = 0, caches = 0, cores = 0;  // counts with at least one allowed unit
  unsigned kinds = 0;
  std::optional<unsigned> quota_units;  // whole units that a cgroup's CPU quota is worth, where less than all
  std::string xml;                      // hwloc 2 export, for the record; without serial numbers
  // Nested objects for drawing, those that may not be used included: {type, name, os_index? (where known),
  // logical_index, size_bytes?, kind? (of a PU), allowed? (of a PU: false where it may not be used), children[]}. A
  // NUMANode, or the MemCache before it, stands among the children of what it is near to and has no PU under it.
  nlohmann::json tree;
};

// This machine (no XML: only units that this process may use, by cpusets, affinity and what is online), or one from an
// hwloc 2 XML file. Throws UserError for a file that can't be read, for one written by hwloc 3, and where hwloc's
// environment variables replace this machine by another. A file is first read in a child process, which may crash.
Machine discover(const std::optional<std::filesystem::path>& xml = std::nullopt);

}  // namespace fairground::machine
