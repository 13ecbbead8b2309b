#include "machine/draw_tree.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"

namespace fairground::machine {
namespace {

using nlohmann::json;

bool is_memory(const json& object) { return object["type"] == "NUMANode" || object["type"] == "MemCache"; }

bool is_cache(const json& object) {
  const std::string type = object["type"];
  return type.size() > 5 && type.ends_with("Cache") && type[0] == 'L';
}

std::string size_text(const json& object) {
  const auto size = object.find("size_bytes");
  if (size == object.end()) return "";
  const auto bytes = size->get<std::uint64_t>();
  // Caches have sizes like 1280 KiB, which should not be rounded.
  if (is_cache(object) && bytes % (1U << 20) != 0 && bytes % 1024 == 0) return std::to_string(bytes / 1024) + " KiB";
  return human_bytes(static_cast<double>(bytes));
}

std::vector<const json*> children_of(const json& object, bool memory) {
  std::vector<const json*> some;
  for (const json& child : object["children"]) {
    if (is_memory(child) == memory) some.push_back(&child);
  }
  return some;
}

struct Contents {
  std::size_t cores = 0;
  bool memory = false;
};

Contents contents_of(const json& object) {
  if (is_memory(object)) return {0, true};
  if (object["type"] == "Core" || object["type"] == "PU") return {1, false};
  Contents all;
  for (const json& child : object["children"]) {
    const Contents inner = contents_of(child);
    all.cores += inner.cores;
    all.memory = all.memory || inner.memory;
  }
  return all;
}

void add_units(Core& core, const json& object) {
  if (object["type"] != "PU") {
    for (const json& child : object["children"]) add_units(core, child);
    return;
  }
  (object.value("allowed", true) ? core.units : core.not_allowed).push_back(object["os_index"]);
  core.kind = std::max(core.kind, object.value("kind", -1));
}

Core core_from(const json& object) {
  Core core;
  const json* at = &object;
  for (; at->at("type") != "Core" && at->at("type") != "PU" && !at->at("children").empty();
       at = &at->at("children")[0]) {
    if (is_cache(*at)) core.caches.push_back(with_size(at->at("name"), *at));
    if (at->at("type") == "Package")
      core.package = "Package " + std::to_string(at->at("logical_index").get<unsigned>());
  }
  core.index = at->at("logical_index");
  add_units(core, *at);
  return core;
}

std::string memory_text(const json& object) {
  if (object["type"] == "NUMANode") {
    const std::string size = size_text(object);
    return "NUMA node " + std::to_string(object.value("os_index", 0U)) + (size.empty() ? "" : ", " + size);
  }
  std::string text;
  for (const json& child : object["children"]) text += memory_text(child);
  return text + " behind a memory-side cache of " + size_text(object);
}

void describe(Box& box, const json& object) {
  const std::string type = object["type"], name = object["name"];
  const std::string number = std::to_string(object["logical_index"].get<unsigned>());
  if (type == "Package" || type == "Die" || (type == "Group" && name != type)) box.names.push_back(name + " " + number);
  for (const json* memory : children_of(object, true)) box.facts.push_back(memory_text(*memory));
  if (is_cache(object)) {
    box.facts.push_back(with_size(name, object) + ", shared by " + std::to_string(contents_of(object).cores) +
                        " cores");
  }
}

std::variant<Core, Box> item_from(const json& object) {
  const Contents contents = contents_of(object);
  if (contents.cores == 1 && !contents.memory) return core_from(object);
  Box box;
  const json* at = &object;
  for (;;) {
    describe(box, *at);
    const auto inner = children_of(*at, false);
    if (inner.size() != 1) break;
    const Contents within = contents_of(*inner[0]);
    if (within.cores <= 1 && !within.memory) break;
    at = inner[0];
  }
  if (box.names.empty() && box.facts.empty()) {
    box.names.push_back("Group " + std::to_string(object["logical_index"].get<unsigned>()));
  }
  for (const json* child : children_of(*at, false)) {
    if (contents_of(*child).cores > 0) box.items.push_back(item_from(*child));
  }
  return box;
}

}  // namespace

Box boxes_of(const json& tree) {
  Box whole;
  describe(whole, tree);
  for (const json* child : children_of(tree, false)) {
    if (contents_of(*child).cores > 0) whole.items.push_back(item_from(*child));
  }
  return whole;
}

std::string with_size(const std::string& name, const json& object) {
  const std::string size = size_text(object);
  return size.empty() ? name : name + " " + size;
}

void collect(const Box& box, std::vector<const Core*>& cores) {
  for (const auto& item : box.items) {
    if (const Core* core = std::get_if<Core>(&item)) {
      cores.push_back(core);
    } else {
      collect(std::get<Box>(item), cores);
    }
  }
}

std::string shape_of(const Box& box) {
  std::string shape;
  for (const std::string& name : box.names) shape += name.substr(0, name.find(' ')) + ";";
  for (const std::string& fact : box.facts) shape += (fact.starts_with("NUMA") ? "memory" : fact) + ";";
  for (const auto& item : box.items) {
    if (const Core* core = std::get_if<Core>(&item)) {
      shape += "core " + std::to_string(core->kind) + " " + std::to_string(core->units.size());
      for (const std::string& cache : core->caches) shape += " " + cache;
      shape += core->not_allowed.empty() ? ";" : "!;";
    } else {
      shape += "(" + shape_of(std::get<Box>(item)) + ")";
    }
  }
  return shape;
}

}  // namespace fairground::machine
