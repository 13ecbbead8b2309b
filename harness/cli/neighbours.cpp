#include "cli/neighbours.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cli/labels.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using Values = std::vector<double>;

// Of one party in all blocks; empty if a block does not know it.
std::optional<Values> values(const std::vector<const json*>& parties, const char* key) {
  Values out;
  for (const json* party : parties) {
    if (!party->contains(key) || !party->at(key).is_number()) return std::nullopt;
    out.push_back(party->at(key).get<double>());
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

std::optional<double> median(const std::vector<const json*>& parties, const char* key) {
  const auto all = values(parties, key);
  return all ? std::optional(stats::median_interval(*all).median) : std::nullopt;
}

std::optional<double> longest(const std::vector<const json*>& parties, const char* key) {
  const auto all = values(parties, key);
  return all ? std::optional(*std::max_element(all->begin(), all->end())) : std::nullopt;
}

Loss loss_of(const std::string& label, const std::vector<const json*>& parties) {
  Loss loss;
  loss.point = label;
  std::vector<const json*> well;
  for (const json* party : parties) {
    loss.who = party->at("workload");
    if (party->at("throughput_ratio").is_number()) well.push_back(party);
  }
  loss.blocks = static_cast<unsigned>(well.size());
  if (const auto ratios = values(well, "throughput_ratio")) loss.ratio = stats::median_interval(*ratios);
  loss.share_alone = median(well, "minimum_share_alone_ratio");
  loss.share_beside = median(well, "minimum_share_beside_ratio");
  loss.gap_alone_ns = longest(well, "longest_gap_alone_ns");
  loss.gap_beside_ns = longest(well, "longest_gap_beside_ns");
  for (const json* party : well) {
    const json &alone = party->at("starved_alone"), &beside = party->at("starved_beside");
    if (alone == 0 && beside.is_number() && beside > 0) ++loss.starved_blocks;
  }
  return loss;
}

std::string change(const std::string& alone, const std::string& beside) { return alone + " -> " + beside; }

std::string what_it_kept(const Loss& loss) {
  std::string text = fmt::format("×{:.2f}", loss.ratio->median);
  if (loss.ratio->low) text += fmt::format(" ({:.2f} to {:.2f})", *loss.ratio->low, *loss.ratio->high);
  return text;
}

}  // namespace

std::vector<Loss> losses(const std::string& label, const std::vector<json>& interferences) {
  std::vector<Loss> out;
  std::size_t most = 0;
  for (const json& one : interferences) most = std::max(most, one.at("parties").size());
  for (std::size_t i = 0; i < most; ++i) {
    std::vector<const json*> parties;
    for (const json& one : interferences) {
      if (i < one.at("parties").size()) parties.push_back(&one.at("parties")[i]);
    }
    out.push_back(loss_of(label, parties));
  }
  return out;
}

std::vector<Line> loss_lines(const std::vector<Loss>& all, const Style& style) {
  std::vector<Line> lines;
  if (all.empty()) return lines;
  const unsigned margin = style.terminal ? 2 : 0;
  lines.push_back(Line(style).left(margin, "side by side: of its throughput alone, with its 95 % interval", muted));
  std::string point;
  for (const Loss& loss : all) {
    if (loss.point != point) lines.push_back(Line(style).left(margin, loss.point));
    point = loss.point;
    Line line(style);
    line.left(margin + 2, loss.who);
    if (!loss.ratio) {
      lines.push_back(line.left(margin + 20, "not known: one of its trials did not end well", muted));
      continue;
    }
    line.left(margin + 20, what_it_kept(loss), loss.ratio->median < 0.5 ? bold : plain);
    if (loss.share_alone && loss.share_beside) {
      line.left(margin + 44, "min-share ")
          .add(change(fmt::format("{:.2f}", *loss.share_alone), fmt::format("{:.2f}", *loss.share_beside)));
    }
    if (loss.gap_alone_ns && loss.gap_beside_ns) {
      line.left(margin + 70, "gap ")
          .add(change(human_duration(*loss.gap_alone_ns), human_duration(*loss.gap_beside_ns)));
    }
    if (loss.starved_blocks > 0)
      line.add(fmt::format("  starved in {} of {}", loss.starved_blocks, counted(loss.blocks, "block")), bold);
    lines.push_back(line);
  }
  lines.emplace_back(style);
  return lines;
}

}  // namespace fairground::cli
