#include "machine/draw.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "machine/boxes.hpp"
#include "machine/draw_tree.hpp"

namespace fairground::machine {
namespace {

constexpr std::size_t most_core_boxes = 16;
constexpr std::size_t most_unit_lines = 32;
constexpr unsigned most_padding = 8;   // columns that a box may be widened by, to be as wide as the next
constexpr std::size_t most_alike = 8;  // of more, two and the last are drawn

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

// A box before its width is known; without a title it has no line around it.
struct Part {
  std::string title;
  Block inside;
};

class Drawing {
 public:
  Drawing(const Machine& machine, const Plan* plan, const DrawStyle& style)
      : whole_(boxes_of(machine.tree)),
        ascii_(style.ascii),
        columns_(std::max(60U, style.columns)),
        signs_(signs(style.ascii)) {
    row_ = style.ascii ? ", " : " " + std::string(signs_.dot) + " ";
    for (std::size_t worker = 0; plan != nullptr && worker < plan->places.size(); ++worker) {
      for (const unsigned unit : plan->places[worker]) workers_[unit].push_back(worker);
    }
    collect(whole_, cores_);
    std::size_t units = 0;
    std::set<std::string> caches;
    for (const Core* core : cores_) {
      units += core->units.size() + core->not_allowed.size();
      not_allowed_ += core->not_allowed.size();
      caches.insert(joined(core->caches, row_));
      if (core->kind >= 0) kinds_.insert(core->kind);
    }
    small_ = cores_.size() <= most_core_boxes && units <= most_unit_lines;
    if (!small_ && caches.size() == 1) common_caches_ = *caches.begin();
  }

  std::string text(const Machine& machine) {
    std::vector<std::string> lines = {with_size("Machine", machine.tree) + ": " + summary(machine)};
    if (not_allowed_ > 0) {
      lines.push_back("  " + std::to_string(not_allowed_) + " more processing unit" + (not_allowed_ == 1 ? "" : "s") +
                      " may not be used");
    }
    if (machine.quota_units) {
      lines.push_back("  a cgroup's CPU quota is worth " + std::to_string(*machine.quota_units) + " of them");
    }
    for (const std::string& fact : whole_.facts) lines.push_back("  " + fact + ", near to all");
    if (!common_caches_.empty()) lines.push_back("  each core: " + common_caches_);
    std::vector<std::string> wrapped;
    for (const std::string& line : lines) {
      for (std::string& part : wrap(words(line), " ", columns_, signs_)) wrapped.push_back(std::move(part));
    }
    return text_of(stack({of_lines(std::move(wrapped)), inside(whole_, columns_)}));
  }

 private:
  static std::vector<std::string> words(const std::string& line) {
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool indentation = line.find_first_not_of(' ') > i;
      if (line[i] == ' ' && !indentation) {
        parts.emplace_back();
      } else {
        parts.back() += line[i];
      }
    }
    return parts;
  }

  [[nodiscard]] std::string kind_name(int kind) const {
    if (kinds_.size() < 2 || kind < 0) return "";
    if (kind == *kinds_.rbegin()) return "performance";
    return kind == *kinds_.begin() ? "efficient" : "kind " + std::to_string(kind);
  }

  [[nodiscard]] std::string names_of_workers(unsigned unit) const {
    const auto found = workers_.find(unit);
    return found == workers_.end() ? "" : "  " + worker_names(found->second, 6, ascii_);
  }

  // A core of a small machine.
  [[nodiscard]] Part core_box(const Core& core, bool with_caches) const {
    std::vector<std::string> lines;
    if (with_caches && !core.caches.empty()) lines.push_back(joined(core.caches, row_));
    if (workers_.empty() && !core.units.empty()) {
      std::vector<std::string> units;
      for (const unsigned unit : core.units) units.push_back("PU " + std::to_string(unit));
      lines.push_back(joined(units, "  "));
    } else {
      for (const unsigned unit : core.units) lines.push_back("PU " + std::to_string(unit) + names_of_workers(unit));
    }
    for (const unsigned unit : core.not_allowed) lines.push_back("PU " + std::to_string(unit) + ": not allowed");
    std::string title = "Core " + std::to_string(core.index);
    if (!core.package.empty()) title = core.package + row_ + title;
    if (const std::string kind = kind_name(core.kind); !kind.empty()) title += row_ + kind;
    return {title, of_lines(std::move(lines))};
  }

  // The units of cores in a row: "0-9", or where a core has several "0 40, 4 44", "0-31, 4 a core".
  [[nodiscard]] std::vector<std::string> unit_texts(const std::vector<const Core*>& cores) const {
    std::vector<unsigned> all;
    std::vector<std::string> each;
    bool single = true;
    for (const Core* core : cores) {
      all.insert(all.end(), core->units.begin(), core->units.end());
      single = single && core->units.size() <= 1;
      if (!core->units.empty()) each.push_back(joined(ranges(core->units, ascii_), " "));
    }
    std::vector<std::string> texts = ranges(all, ascii_);
    const std::size_t per_core = cores.front()->units.size();
    const bool even =
        std::all_of(cores.begin(), cores.end(), [&](const Core* c) { return c->units.size() == per_core; });
    if (!single && even && cores.size() > 1 && texts.size() == 1)
      return {texts[0] + ", " + std::to_string(per_core) + " a core"};
    if (!single) texts = each;
    constexpr std::size_t most = 40;
    if (texts.size() > most) {
      texts[most - 1] = std::string(signs_.more);
      texts[most] = texts.back();
      texts.resize(most + 1);
    }
    return texts;
  }

  // Cores of a large machine that are alike and stand in a row.
  [[nodiscard]] Part core_line(const std::vector<const Core*>& cores, unsigned width) const {
    const Core& first = *cores.front();
    const bool several = cores.size() > 1;
    std::string title = (several ? "Cores " : "Core ") + std::to_string(first.index) +
                        (several ? std::string(signs_.to) + std::to_string(cores.back()->index) : "");
    if (!first.package.empty()) {
      title = several ? "Packages " + first.package.substr(8) + std::string(signs_.to) +
                            cores.back()->package.substr(8) + ", one core each"
                      : first.package + row_ + title;
    }
    if (const std::string kind = kind_name(first.kind); !kind.empty()) title += row_ + kind;
    std::vector<std::string> lines = {title};
    if (common_caches_.empty() && !first.caches.empty()) {
      lines.push_back((several ? "each " : "") + joined(first.caches, row_));
    }
    std::vector<std::string> units = unit_texts(cores);
    const bool single = first.units.size() <= 1;
    if (!units.empty()) units[0] = "PU " + units[0];
    for (std::string& line : wrap(units, single ? " " : row_, width, signs_)) lines.push_back(std::move(line));
    std::vector<unsigned> not_allowed;
    for (const Core* core : cores)
      not_allowed.insert(not_allowed.end(), core->not_allowed.begin(), core->not_allowed.end());
    std::vector<std::string> parts = ranges(not_allowed, ascii_);
    if (!parts.empty()) parts[0] = "not allowed: PU " + parts[0];
    for (std::string& line : wrap(parts, " ", width, signs_)) lines.push_back(std::move(line));
    return {"", of_lines(std::move(lines))};
  }

  static bool alike(const Core& a, const Core& b) {
    return a.caches == b.caches && a.kind == b.kind && a.package.empty() == b.package.empty() &&
           a.units.size() == b.units.size() && a.not_allowed.size() == b.not_allowed.size();
  }

  // Boxes of nearly one width get one width.
  [[nodiscard]] std::vector<Block> framed(const std::vector<Part>& parts, unsigned width) const {
    unsigned widest = 0;
    for (const Part& part : parts) {
      const Block plain = frame(part.title, part.inside, signs_);
      if (!part.title.empty()) widest = std::max(widest, plain.width - 4);
    }
    std::vector<Block> blocks;
    for (const Part& part : parts) {
      if (part.title.empty()) {
        blocks.push_back(part.inside);
        continue;
      }
      const unsigned own = frame(part.title, part.inside, signs_).width - 4;
      blocks.push_back(
          frame(part.title, part.inside, signs_, widest - own <= most_padding && widest + 4 <= width ? widest : own));
    }
    return blocks;
  }

  // What a box holds, below its facts.
  [[nodiscard]] Block inside(const Box& box, unsigned width) const {
    std::vector<Part> parts;
    const std::size_t count = box.items.size();
    for (std::size_t i = 0; i < count;) {
      if (const Core* core = std::get_if<Core>(&box.items[i])) {
        std::vector<const Core*> run = {core};
        const Core* next = nullptr;
        while (!small_ && i + run.size() < count && (next = std::get_if<Core>(&box.items[i + run.size()])) != nullptr &&
               alike(*core, *next)) {
          run.push_back(next);
        }
        parts.push_back(small_ ? core_box(*core, !shares_caches(box)) : core_line(run, width));
        i += run.size();
      } else {
        i += add_boxes(box, i, width, parts);
      }
    }
    return flow(framed(parts, width), width);
  }

  // The box at `begin`, and those alike after it if they are many. Returns how many items that was.
  std::size_t add_boxes(const Box& box, std::size_t begin, unsigned width, std::vector<Part>& parts) const {
    const std::string shape = shape_of(std::get<Box>(box.items[begin]));
    std::size_t end = begin + 1;
    while (end < box.items.size()) {
      const Box* next = std::get_if<Box>(&box.items[end]);
      if (next == nullptr || shape_of(*next) != shape) break;
      ++end;
    }
    const auto draw_one = [&](std::size_t i) { parts.push_back(box_of(std::get<Box>(box.items[i]), width)); };
    if (end - begin <= most_alike) {
      for (std::size_t i = begin; i < end; ++i) draw_one(i);
      return end - begin;
    }
    draw_one(begin);
    draw_one(begin + 1);
    std::vector<const Core*> cores;
    for (std::size_t i = begin + 2; i + 1 < end; ++i) collect(std::get<Box>(box.items[i]), cores);
    std::vector<std::string> lines = {std::string(signs_.more) + " " + std::to_string(end - begin - 3) +
                                      " more like these:"};
    std::vector<std::string> units = unit_texts(cores);
    if (!units.empty()) units[0] = "PU " + units[0];
    for (std::string& line : wrap(units, row_, std::min(width, 48U), signs_)) lines.push_back(std::move(line));
    parts.push_back({"", of_lines(std::move(lines))});
    draw_one(end - 1);
    return end - begin;
  }

  // In a box of many cores that are alike, their caches are said once.
  static bool shares_caches(const Box& box) {
    if (box.items.size() <= 4) return false;
    const Core* first = std::get_if<Core>(&box.items[0]);
    return first != nullptr && !first->caches.empty() &&
           std::all_of(box.items.begin(), box.items.end(), [&](const auto& item) {
             const Core* core = std::get_if<Core>(&item);
             return core != nullptr && core->caches == first->caches;
           });
  }

  [[nodiscard]] Part box_of(const Box& box, unsigned width) const {
    std::vector<std::string> facts = box.facts;
    std::string title = joined(box.names, row_);
    if (title.empty()) {
      title = facts.front();
      facts.erase(facts.begin());
    }
    if (small_ && shares_caches(box))
      facts.push_back("each core: " + joined(std::get<Core>(box.items[0]).caches, row_));
    const unsigned inner = width - 4;
    std::vector<std::string> lines;
    for (const std::string& fact : facts) {
      for (std::string& line : wrap(words(fact), " ", inner, signs_)) lines.push_back(std::move(line));
    }
    return {wrap({title}, "", inner - 1, signs_)[0], stack({of_lines(std::move(lines)), inside(box, inner)})};
  }

  Box whole_;
  bool ascii_;
  unsigned columns_;
  const Signs& signs_;
  std::string row_;                                       // between things in a row
  std::map<unsigned, std::vector<std::size_t>> workers_;  // by OS index of their unit
  std::vector<const Core*> cores_;
  std::set<int> kinds_;
  std::size_t not_allowed_ = 0;
  bool small_ = false;
  std::string common_caches_;  // of a large machine's cores, where all have the same
};

}  // namespace

std::string summary(const Machine& machine) {
  const auto counted = [](std::size_t count, const std::string& one, const std::string& many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
  };
  return counted(machine.packages, "package", "packages") + ", " + counted(machine.nodes, "NUMA node", "NUMA nodes") +
         ", " + counted(machine.caches, "last-level cache", "last-level caches") + ", " +
         counted(machine.cores, "core", "cores") + ", " +
         counted(machine.units.size(), "processing unit", "processing units");
}

std::string draw(const Machine& machine, const Plan* plan, const DrawStyle& style) {
  return Drawing(machine, plan, style).text(machine);
}

}  // namespace fairground::machine
