#include "machine/pinning.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"

namespace fairground::machine {
namespace {

constexpr std::array<std::string_view, 9> names = {"compact",   "scatter", "cores",       "siblings", "performance",
                                                   "efficient", "node:N",  "units:0+2-3", "none"};

bool is_relative(const std::string& policy) {
  return std::find(policies_beside.begin(), policies_beside.end(), policy) != policies_beside.end();
}

struct Policy {
  std::string name;  // without what follows the colon
  unsigned node = 0;
  std::vector<unsigned> units;
};

[[noreturn]] void refuse(const std::string& policy, const std::string& why) {
  throw UserError("pin policy " + in_quotes(policy) + ": " + why);
}

std::optional<unsigned> os_index(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty() || value > max_os_index)
    return std::nullopt;
  return value;
}

// "0+2-3": OS indexes in the order written, each once.
std::vector<unsigned> parse_units(const std::string& policy, std::string_view list) {
  const std::string form = "; write OS indexes like units:0+2-3, each between 0 and " + std::to_string(max_os_index);
  std::vector<unsigned> units;
  std::set<unsigned> seen;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find('+', begin), list.size());
    const std::string_view part = list.substr(begin, end - begin);
    const std::size_t dash = part.find('-');
    const auto first = os_index(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : os_index(part.substr(dash + 1));
    if (!first || !last) refuse(policy, in_quotes(part) + " is no processing unit" + form);
    if (*last < *first) refuse(policy, "the range " + in_quotes(part) + " ends before it begins" + form);
    for (unsigned unit = *first; unit <= *last; ++unit) {
      if (!seen.insert(unit).second) refuse(policy, "unit " + std::to_string(unit) + " is named twice; name each once");
      units.push_back(unit);
    }
    begin = end + 1;
  }
  return units;
}

Policy parse(const std::string& text) {
  const std::size_t colon = text.find(':');
  Policy policy{text.substr(0, colon), 0, {}};
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (policy.name == "node" && colon != std::string::npos) {
    const auto node = os_index(rest);
    if (!node) refuse(text, "after node: an OS index of a NUMA node is wanted, such as node:0");
    policy.node = *node;
    return policy;
  }
  if (policy.name == "units" && colon != std::string::npos) {
    policy.units = parse_units(text, rest);
    return policy;
  }
  if (colon == std::string::npos && std::find(names.begin(), names.end(), text) != names.end()) return policy;
  std::string all;
  for (const std::string_view name : names) all.append(all.empty() ? "" : ", ").append(name);
  const auto near = nearest({names.begin(), names.end()}, text, 1);
  refuse(text,
         "there is no such policy" + (near.empty() ? "" : " (did you mean " + near[0] + "?)") + "; take one of " + all);
}

using Order = std::vector<unsigned>;  // indexes into Machine::units

// Workers on each object so far.
struct Loads {
  explicit Loads(const Machine& machine)
      : package(machine.packages), node(machine.nodes), cache(machine.caches), core(machine.cores) {}
  void add(const Unit& unit) {
    ++package[unit.package];
    ++node[unit.node];
    ++cache[unit.cache];
    ++core[unit.core];
  }
  std::vector<unsigned> package, node, cache, core;
};

// The smallest key is taken next.
using Key = std::array<unsigned, 9>;

Key compact_key(const Loads& loads, const Unit& unit, unsigned index) {
  const unsigned package = loads.package[unit.package], node = loads.node[unit.node];
  const unsigned cache = loads.cache[unit.cache], core = loads.core[unit.core];
  // What would be opened, the widest first: of two units, one that opens only objects that the other opens too wins,
  // whichever of package, node and cache holds the other.
  return {package == 0 ? 1U : 0U,
          node == 0 ? 1U : 0U,
          cache == 0 ? 1U : 0U,
          core == 0 ? 1U : 0U,
          node,
          package,
          cache,
          core,
          index};
}

Key scatter_key(const Loads& loads, const Unit& unit, unsigned index) {
  const unsigned package = loads.package[unit.package], node = loads.node[unit.node];
  const unsigned cache = loads.cache[unit.cache], core = loads.core[unit.core];
  const unsigned opens = package == 0 ? 0 : node == 0 ? 1 : cache == 0 ? 2 : core == 0 ? 3 : 4;
  return {opens, node, package, cache, core, index, 0, 0, 0};
}

// The cores of one package, node and cache at once differ, for either key, in these only.
using CoreKey = std::array<unsigned, 3>;
enum class Way { compact, scatter };

// A core by its load and its lowest unused unit.
CoreKey core_key(Way way, unsigned load, unsigned index) {
  return {way == Way::compact && load == 0 ? 1U : 0U, load, index};
}

// Cores that share package, node and cache, the next to be taken first.
struct Neighbours {
  std::set<CoreKey> cores;
  [[nodiscard]] unsigned next() const { return cores.begin()->back(); }
};

// All of `units`, each time the one with the smallest key. Of each group of neighbours one stands for all, so that the
// steps are units times groups.
Order take_by(Way way, const Machine& machine, const Order& units) {
  const auto key = way == Way::compact ? compact_key : scatter_key;
  std::vector<Order> unused(machine.cores);  // the lowest last
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) unused[machine.units[*unit].core].push_back(*unit);
  std::map<std::array<unsigned, 3>, Neighbours> groups;
  for (const Order& core : unused) {
    if (core.empty()) continue;
    const Unit& unit = machine.units[core.back()];
    groups[{unit.package, unit.node, unit.cache}].cores.insert(core_key(way, 0, core.back()));
  }
  Loads loads(machine);
  Order order;
  while (order.size() < units.size()) {
    Neighbours* from = nullptr;
    Key best{};
    for (auto& [place, group] : groups) {
      if (group.cores.empty()) continue;
      const Key candidate = key(loads, machine.units[group.next()], group.next());
      if (from == nullptr || candidate < best) {
        from = &group;
        best = candidate;
      }
    }
    const unsigned taken = from->next();
    const Unit& unit = machine.units[taken];
    from->cores.erase(from->cores.begin());
    loads.add(unit);
    order.push_back(taken);
    unused[unit.core].pop_back();
    if (!unused[unit.core].empty()) from->cores.insert(core_key(way, loads.core[unit.core], unused[unit.core].back()));
  }
  return order;
}

Order units_where(const Machine& machine, const std::function<bool(const Unit&)>& wanted) {
  Order units;
  for (unsigned i = 0; i < machine.units.size(); ++i) {
    if (wanted(machine.units[i])) units.push_back(i);
  }
  return units;
}

Order siblings(const Machine& machine, const std::string& policy) {
  std::vector<unsigned> size(machine.cores);
  for (const Unit& unit : machine.units) ++size[unit.core];
  const auto most = std::max_element(size.begin(), size.end());
  if (*most < 2) {
    refuse(policy,
           "no core of this machine has two processing units that may be used; take another policy, such as compact");
  }
  const auto core = static_cast<unsigned>(most - size.begin());
  return units_where(machine, [&](const Unit& unit) { return unit.core == core; });
}

Order of_kind(const Machine& machine, const std::string& policy) {
  if (machine.kinds < 2) {
    refuse(policy,
           "the processing units of this machine that may be used are all of one kind; take another policy, such as "
           "compact");
  }
  int lowest = machine.units[0].kind, highest = lowest;
  for (const Unit& unit : machine.units) {
    lowest = std::min(lowest, unit.kind);
    highest = std::max(highest, unit.kind);
  }
  if (lowest < 0) {
    refuse(policy,
           "this machine does not say which of its kinds of CPU performs better; name the units, such as units:0-3");
  }
  const int wanted = policy == "performance" ? highest : lowest;
  return units_where(machine, [&](const Unit& unit) { return unit.kind == wanted; });
}

bool has_node(const nlohmann::json& tree, unsigned node) {
  if (tree.value("type", "") == "NUMANode" && tree.value("os_index", nlohmann::json()) == node) return true;
  const auto children = tree.find("children");
  if (children == tree.end()) return false;
  return std::any_of(children->begin(), children->end(), [&](const auto& child) { return has_node(child, node); });
}

Order of_node(const Machine& machine, const std::string& policy, unsigned node) {
  Order units = units_where(machine, [&](const Unit& unit) { return unit.node_os_index == node; });
  if (!units.empty()) return units;
  std::string known;
  std::set<unsigned> indexes;
  for (const Unit& unit : machine.units) indexes.insert(unit.node_os_index);
  for (const unsigned index : indexes) known.append(known.empty() ? "" : ", ").append(std::to_string(index));
  const std::string number = std::to_string(node);
  refuse(policy, (machine.tree.is_object() && has_node(machine.tree, node)
                      ? "NUMA node " + number + " has no processing unit that may be used"
                      : "this machine has no NUMA node " + number) +
                     "; with processing units there is (by OS index) " + known);
}

Order explicit_units(const Machine& machine, const std::string& policy, const std::vector<unsigned>& wanted) {
  Order order;
  for (const unsigned os : wanted) {
    const Order found = units_where(machine, [&](const Unit& unit) { return unit.os_index == os; });
    if (found.empty()) {
      refuse(policy, "processing unit " + std::to_string(os) +
                         " is not one of this machine's that may be used; fairground topo shows which are");
    }
    order.push_back(found[0]);
  }
  return order;
}

Order order_of(const Machine& machine, const std::string& text, const Policy& policy) {
  const auto compact = [&](const Order& units) { return take_by(Way::compact, machine, units); };
  const Order all = units_where(machine, [](const Unit&) { return true; });
  if (policy.name == "scatter") return take_by(Way::scatter, machine, all);
  if (policy.name == "cores") return compact(units_where(machine, [](const Unit& unit) { return unit.thread == 0; }));
  if (policy.name == "siblings") return compact(siblings(machine, text));
  if (policy.name == "performance" || policy.name == "efficient") return compact(of_kind(machine, text));
  if (policy.name == "node") return compact(of_node(machine, text, policy.node));
  if (policy.name == "units") return explicit_units(machine, text, policy.units);
  return compact(all);
}

// The units of the subject, each once, in the order in which its workers have them.
Order subject_units(const Machine& machine, const Places& places) {
  Order order;
  for (const auto& place : places) {
    for (const unsigned os : place) {
      const Order found = units_where(machine, [&](const Unit& unit) { return unit.os_index == os; });
      if (!found.empty() && std::find(order.begin(), order.end(), found[0]) == order.end()) order.push_back(found[0]);
    }
  }
  return order;
}

// Units of no core of the subject's, that share none of the widest kind of object possible with it.
Order apart_from(const Machine& machine, const Order& subject) {
  const auto without = [&](unsigned Unit::*object) {
    return units_where(machine, [&](const Unit& unit) {
      return std::none_of(subject.begin(), subject.end(), [&](unsigned s) {
        return machine.units[s].core == unit.core || machine.units[s].*object == unit.*object;
      });
    });
  };
  for (unsigned Unit::*object : {&Unit::package, &Unit::node, &Unit::cache, &Unit::core}) {
    const Order units = without(object);
    if (!units.empty()) return units;
  }
  return {};
}

Order order_beside(const Machine& machine, const std::string& policy, const Order& subject) {
  const auto shares = [&](const Unit& unit, unsigned Unit::*object) {
    return std::any_of(subject.begin(), subject.end(),
                       [&](unsigned s) { return machine.units[s].*object == unit.*object; });
  };
  const auto is_subjects = [&](const Unit& unit) {
    return std::any_of(subject.begin(), subject.end(),
                       [&](unsigned s) { return machine.units[s].os_index == unit.os_index; });
  };
  Order units;
  std::string why;
  if (policy == "sibling") {
    units = units_where(machine, [&](const Unit& u) { return shares(u, &Unit::core) && !is_subjects(u); });
    why = "no core of the measured workload's has another hardware thread that may be used";
  } else if (policy == "cache") {
    units = units_where(machine, [&](const Unit& u) { return shares(u, &Unit::cache) && !shares(u, &Unit::core); });
    why = "no other core that may be used shares a last-level cache with the measured workload's";
  } else if (policy == "node") {
    units = units_where(machine, [&](const Unit& u) { return !shares(u, &Unit::node); });
    why = "there is no NUMA node that may be used and that the measured workload is not on";
  } else {
    units = apart_from(machine, subject);
    why = "the measured workload is on every core that may be used, and fewer workers would leave some";
  }
  if (units.empty()) refuse(policy, why + "; pin=with takes its own units");
  return take_by(Way::compact, machine, units);
}

// Each worker a unit of the order, which begins again when it is used up. cut: to what a CPU quota is worth.
Plan places_of(const Machine& machine, const std::string& policy, unsigned workers, Order order, bool cut) {
  const std::size_t worth = std::min<std::size_t>(order.size(), machine.quota_units.value_or(max_workers));
  Plan result{policy, workers > worth, Places(workers)};
  if (cut) order.resize(worth);
  for (unsigned worker = 0; worker < workers; ++worker) {
    result.places[worker] = {machine.units[order[worker % order.size()]].os_index};
  }
  return result;
}

void check_workers(unsigned workers) {
  if (workers > 0 && workers <= max_workers) return;
  throw UserError(std::to_string(workers) + " workers can't be placed; take between 1 and " +
                  std::to_string(max_workers));
}

}  // namespace

std::set<unsigned> units_of(const Places& places) {
  std::set<unsigned> units;
  for (const auto& place : places) units.insert(place.begin(), place.end());
  return units;
}

Places pinned(Places places) {
  if (units_of(places).empty()) places.clear();
  return places;
}

std::vector<unsigned> units_among(const Machine& machine, const Places& places) {
  std::set<unsigned> among = units_of(places);
  if (among.empty()) {
    for (const Unit& unit : machine.units) among.insert(unit.os_index);
  }
  return {among.begin(), among.end()};
}

Plan plan(const Machine& machine, const std::string& policy, unsigned workers) {
  check_workers(workers);
  const Policy parsed = parse(policy);
  if (machine.units.empty()) refuse(policy, "this machine has no processing unit that may be used");
  Plan result = places_of(machine, policy, workers, order_of(machine, policy, parsed), parsed.name != "units");
  if (parsed.name == "none") result.places.assign(workers, {});
  return result;
}

Plan plan_beside(const Machine& machine, const std::string& policy, unsigned workers, const Places& subject) {
  if (!is_relative(policy)) return plan(machine, policy, workers);
  check_workers(workers);
  const Order units = subject_units(machine, subject);
  if (units.empty()) {
    if (policy != "with")
      refuse(policy, "the measured workload is not pinned, so nothing is relative to it; pin it, or take pin=with");
    Plan result = plan(machine, "none", workers);
    result.policy = policy;
    return result;
  }
  return places_of(machine, policy, workers, policy == "with" ? units : order_beside(machine, policy, units), false);
}

void check_policy_beside(const std::string& policy) {
  if (is_relative(policy)) return;
  try {
    parse(policy);
  } catch (const UserError&) {
    const bool form = policy.starts_with("node:") || policy.starts_with("units:");
    if (form) throw;
    std::vector<std::string> all(policies_beside.begin(), policies_beside.end());
    all.insert(all.end(), names.begin(), names.end());
    const auto near = nearest(all, policy, 1);
    refuse(policy, "there is no such policy" + (near.empty() ? "" : " (did you mean " + near[0] + "?)") +
                       "; take one of " + or_list(all));
  }
}

void check_policy(const std::string& policy) { parse(policy); }

}  // namespace fairground::machine
