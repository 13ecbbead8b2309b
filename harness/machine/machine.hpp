// A machine as hwloc sees it, flattened to what planning and the record need.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fairground::machine {

// One processing unit (hardware thread) that this process is allowed to use. The other fields are logical indexes among
// allowed objects, from 0, in hwloc's order.
struct Unit {
  unsigned os_index;
  unsigned core;
  unsigned cache;    // last-level cache; the package's where there is none
  unsigned node;     // NUMA node
  unsigned package;
  unsigned thread;   // which hardware thread of its core: 0, 1, ...
  int kind;          // CPU kind by hwloc's efficiency rank, higher performs better; -1: one kind only
};

struct Machine {
  std::vector<Unit> units;  // allowed ones, in hwloc's logical order
  unsigned packages = 0, nodes = 0, caches = 0, cores = 0;  // counts with at least one allowed unit
  unsigned kinds = 0;
  std::string xml;          // hwloc 2 export, for the record
  nlohmann::json tree;      // nested objects for drawing: {type, name, os_index, size_bytes?, children[]}
};

// This machine (no XML: only units that this process may use), or one from an hwloc 2 XML file.
// Throws UserError for a file that can't be read, and for one written by hwloc 3.
Machine discover(const std::optional<std::filesystem::path>& xml = std::nullopt);

}  // namespace fairground::machine
