// hwloc's XML files, told apart before hwloc sees them, so that every bad one ends in a sentence.
#pragma once

#include <hwloc.h>

#include <filesystem>
#include <string>

namespace fairground::machine {

// A loaded hwloc topology with its owner.
class Topology {
 public:
  Topology();  // an empty one, to be configured and loaded. Throws SystemError
  ~Topology();
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;
  Topology(Topology&& other) noexcept : topology_(other.topology_) { other.topology_ = nullptr; }
  [[nodiscard]] hwloc_topology_t get() const { return topology_; }

 private:
  hwloc_topology_t topology_ = nullptr;
};

// Throws UserError, with the file's name, for what is missing, no regular file, empty, above 64 MiB, no hwloc XML, one
// by hwloc 3, and one that hwloc refuses.
Topology load_xml(const std::filesystem::path& file);

// In hwloc 2's format, without the serial numbers, UUIDs and asset tags that hwloc reads from DMI: records are shared.
std::string export_xml(hwloc_topology_t topology);

}  // namespace fairground::machine
