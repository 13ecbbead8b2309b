#include <algorithm>
#include <map>
#include <utility>

#include "machine/boxes.hpp"
#include "machine/draw.hpp"

namespace fairground::machine {
namespace {

constexpr std::size_t most_workers_told = 64;

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// What a unit lies in, as far as the machine has several of it.
std::string home(const Machine& machine, const Unit& unit, std::string_view separator) {
  std::vector<std::string> parts;
  if (machine.packages > 1) parts.push_back("Package " + std::to_string(unit.package));
  if (machine.nodes > 1) parts.push_back("NUMA node " + std::to_string(unit.node_os_index));
  if (machine.caches > machine.packages) parts.push_back("last-level cache " + std::to_string(unit.cache));
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

unsigned widest_of(const std::vector<std::string>& cells) {
  unsigned widest = 0;
  for (const std::string& cell : cells) widest = std::max(widest, width_of(cell));
  return widest;
}

// Cells in rows, in columns for cells of up to `widest`.
Block columns(const std::vector<std::string>& cells, unsigned widest, unsigned width, const Signs& signs) {
  std::vector<Block> blocks;
  for (const std::string& cell : cells) {
    Block block = of_lines(wrap({cell}, "", width, signs));
    if (const unsigned wanted = std::min(widest + 2, width); block.width < wanted) {
      block.lines[0].append(wanted - block.width, ' ');
      block.width = wanted;
    }
    blocks.push_back(std::move(block));
  }
  return flow(blocks, width);
}

Block indented(const Block& block, unsigned by) {
  std::vector<std::string> lines;
  for (const std::string& line : block.lines) lines.push_back(std::string(by, ' ') + line);
  return of_lines(std::move(lines));
}

Block by_worker(const Plan& plan, unsigned width, const DrawStyle& style) {
  std::vector<std::string> cells;
  for (std::size_t worker = 0; worker < std::min(plan.places.size(), most_workers_told); ++worker) {
    std::string units;
    for (const std::string& part : ranges(plan.places[worker], style.ascii)) units += " " + part;
    cells.push_back("w" + std::to_string(worker) + (style.ascii ? " -> PU" : " → PU") + units);
  }
  Block block = columns(cells, widest_of(cells), width, signs(style.ascii));
  if (plan.places.size() <= most_workers_told) return block;
  return stack({block, of_lines({"and " + counted(plan.places.size() - most_workers_told, "worker") +
                                 " more, below; --json tells each"})});
}

Block by_unit(const Machine& machine, const Plan& plan, unsigned width, const DrawStyle& style) {
  std::map<unsigned, std::vector<std::size_t>> workers;
  for (std::size_t worker = 0; worker < plan.places.size(); ++worker) {
    for (const unsigned unit : plan.places[worker]) workers[unit].push_back(worker);
  }
  const Signs& s = signs(style.ascii);
  const std::string separator = style.ascii ? ", " : " " + std::string(s.dot) + " ";
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;  // in the machine's order
  for (const Unit& unit : machine.units) {
    const auto found = workers.find(unit.os_index);
    if (found == workers.end()) continue;
    const std::string where = home(machine, unit, separator);
    if (groups.empty() || groups.back().first != where) groups.emplace_back(where, std::vector<std::string>());
    groups.back().second.push_back("PU " + std::to_string(unit.os_index) + ": " +
                                   worker_names(found->second, 12, style.ascii));
  }
  unsigned widest = 0;
  for (const auto& [where, cells] : groups) widest = std::max(widest, widest_of(cells));
  std::vector<Block> blocks;
  for (const auto& [where, cells] : groups) {
    if (!where.empty()) blocks.push_back(of_lines({where}));
    blocks.push_back(indented(columns(cells, widest, width - 2, s), where.empty() ? 0 : 2));
  }
  return stack(blocks);
}

}  // namespace

std::vector<std::string> ranges(const std::vector<unsigned>& numbers, bool ascii) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < numbers.size();) {
    std::size_t end = begin + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    if (end - begin >= 3) {
      parts.push_back(std::to_string(numbers[begin]) + std::string(signs(ascii).to) + std::to_string(numbers[end - 1]));
    } else {
      for (std::size_t i = begin; i < end; ++i) parts.push_back(std::to_string(numbers[i]));
    }
    begin = end;
  }
  return parts;
}

std::string worker_names(const std::vector<std::size_t>& workers, std::size_t most, bool ascii) {
  std::string text;
  const bool all = workers.size() <= most;
  for (std::size_t i = 0; i < (all ? workers.size() : most - 2); ++i) {
    text += (i == 0 ? "w" : " w") + std::to_string(workers[i]);
  }
  if (all) return text;
  return text.append(" ").append(signs(ascii).more).append(" w") + std::to_string(workers.back()) + " (" +
         std::to_string(workers.size()) + ")";
}

std::string draw_plan(const Machine& machine, const Plan& plan, const DrawStyle& style) {
  const unsigned width = std::max(60U, style.columns);
  const std::size_t worth = machine.quota_units.value_or(static_cast<unsigned>(machine.units.size()));
  std::map<unsigned, bool> used;
  for (const auto& place : plan.places) {
    for (const unsigned unit : place) used[unit] = true;
  }
  std::string title = "Plan " + plan.policy + ": " + counted(plan.places.size(), "worker");
  if (used.empty()) {
    title += ", not pinned: the kernel puts each on any of " + counted(machine.units.size(), "processing unit");
  } else {
    title += " on " + counted(used.size(), "processing unit");
  }
  if (plan.oversubscribed) {
    title +=
        used.empty() && worth < machine.units.size() ? ", of which the quota is worth " + std::to_string(worth) : "";
    title += ", oversubscribed";
  }
  std::vector<Block> blocks;
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= title.size();) {
    const std::size_t end = std::min(title.find(' ', begin), title.size());
    words.push_back(title.substr(begin, end - begin));
    begin = end + 1;
  }
  blocks.push_back(of_lines(wrap(words, " ", width, signs(style.ascii))));
  if (!used.empty()) {
    blocks.push_back(indented(by_worker(plan, width - 2, style), 2));
    blocks.push_back(of_lines({""}));
    blocks.push_back(indented(by_unit(machine, plan, width - 2, style), 2));
  }
  return text_of(stack(blocks));
}

}  // namespace fairground::machine
