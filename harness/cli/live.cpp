#include "cli/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.hpp"
#include "stats/metrics.hpp"

namespace fairground::cli {
namespace {

// From here on a contender without an operation is called out in words.
constexpr std::uint64_t standing_still_ns = 100'000'000;

struct Columns {
  unsigned where, bar, bar_width, share, rate, gap, note;  // beginnings; share, rate and gap are ends
};

Columns columns_for(const Style& style) {
  Columns c{};
  c.where = 8;
  c.bar = 16;
  c.bar_width = std::clamp<unsigned>(style.columns > 72 ? style.columns - 72 : 8, 8, 28);
  c.share = c.bar + c.bar_width + 9;
  c.rate = c.share + 11;
  c.gap = c.rate + 10;
  c.note = c.gap + 2;
  return c;
}

std::string units_text(const std::vector<unsigned>& units) {
  if (units.empty()) return "any";
  if (units.size() > 1) return fmt::format("PU {}+{}", units[0], units.size() - 1);
  return fmt::format("PU {}", units[0]);
}

std::string seconds(std::uint64_t ns) { return fmt::format("{:.1f}", static_cast<double>(ns) / 1e9); }

std::string phase_text(const trial::Sample& sample) {
  if (sample.contenders.empty()) return "starting";
  const std::string doing = sample.phase == "measure" ? "measuring" : "warming up";
  if (sample.total_ns == 0) return doing;
  return fmt::format("{}, {} of {} s", doing, seconds(std::min(sample.elapsed_ns, sample.total_ns)),
                     seconds(sample.total_ns));
}

Line progress_line(const LiveView& view, const Style& style) {
  const std::string title = fmt::format("block {} of {}", view.block + 1, view.blocks);
  const std::string left = view.left_ns ? human_duration(static_cast<double>(*view.left_ns)) + " left" : "";
  const double done = std::clamp(view.done_ratio, 0.0, 1.0);
  const unsigned fixed = width_of(title) + 2 + 8 + 20;
  const unsigned width = std::clamp<unsigned>(style.columns > fixed ? style.columns - fixed : 10, 10, 56);
  const auto full = static_cast<unsigned>(std::lround(done * width));
  std::string before, after;
  for (unsigned i = 0; i < width; ++i) (i < full ? before : after) += i < full ? "━" : "─";
  Line line(style);
  line.add(title, bold).add("  ").add(before).add(after, muted);
  line.add(fmt::format("  {:.0f} %", std::floor(done * 100))).add("   ").add(left, bold);
  return line;
}

Line trial_line(const LiveView& view, const Style& style) {
  Line line(style);
  line.add(fmt::format("trial {} of {}   ", view.trial + 1, view.trials));
  line.add(view.label, Ink{true, false, view.group});
  if (!view.note.empty()) line.add(" " + view.note, muted);
  line.add("   " + phase_text(view.sample));
  return line;
}

Line head_line(const Columns& c, const Style& style) {
  Line line(style);
  line.left(2, "who", muted).left(c.where, "where", muted).left(c.bar, "0", muted);
  line.left(c.bar + c.bar_width / 2 - 2, "fair", muted);
  line.right(c.share, "2× share", muted).right(c.rate, "rate", muted).right(c.gap, "gap", muted);
  return line;
}

std::string share_text(double share) { return std::isfinite(share) ? fmt::format("{:.2f}", share) : "-"; }

Line contender_line(const LiveView& view, std::size_t i, double share, const Columns& c, const Style& style) {
  const trial::Sample::Contender& who = view.sample.contenders[i];
  const bool still = who.standing_ns >= standing_still_ns;
  const Ink ink = still ? bold : plain;
  const double elapsed = static_cast<double>(std::max<std::uint64_t>(view.sample.elapsed_ns, 1)) / 1e9;
  Line line(style);
  line.left(2, fmt::format("{}{}", view.prefix, i), ink).left(c.where, units_text(who.units));
  line.left(c.bar, share_bar(share, c.bar_width), Ink{false, false, view.group});
  line.right(c.share, share_text(share), ink);
  line.right(c.rate, human_rate(static_cast<double>(who.operations) / elapsed, 2));
  line.right(c.gap, human_duration(static_cast<double>(std::max(who.longest_gap_ns, who.standing_ns))));
  if (still) {
    line.left(c.note, fmt::format("◂ nothing for {}", human_duration(static_cast<double>(who.standing_ns))), bold);
  }
  return line;
}

Line hidden_line(const LiveView& view, std::size_t shown, const std::vector<double>& shares, const Style& style) {
  const auto& all = view.sample.contenders;
  std::size_t worst = shown;
  for (std::size_t i = shown; i < all.size(); ++i) {
    if (all[i].operations < all[worst].operations) worst = i;
  }
  std::string text = fmt::format("…and {} more, the least of them {}{} with {} of its share", all.size() - shown,
                                 view.prefix, worst, share_text(shares[worst]));
  if (all[worst].standing_ns >= standing_still_ns) {
    text += fmt::format(", nothing for {}", human_duration(static_cast<double>(all[worst].standing_ns)));
  }
  Line line(style);
  line.left(2, text, muted);
  return line;
}

Line total_line(const LiveView& view, const std::vector<double>& shares, const Style& style) {
  double operations = 0;
  std::uint64_t gap = 0;
  for (const auto& c : view.sample.contenders) {
    operations += static_cast<double>(c.operations);
    gap = std::max({gap, c.longest_gap_ns, c.standing_ns});
  }
  const double elapsed = static_cast<double>(std::max<std::uint64_t>(view.sample.elapsed_ns, 1)) / 1e9;
  // Below 100 operations a contender the share says more of chance than of the workload.
  const bool enough = operations >= 100.0 * static_cast<double>(shares.size()) && shares.size() > 1;
  Line line(style);
  line.left(2, "all", muted).left(8, "throughput ", muted).add(human_rate(operations / elapsed));
  line.add("   minimum share ", muted);
  line.add(enough ? share_text(*std::min_element(shares.begin(), shares.end())) : "-");
  line.add("   longest gap ", muted).add(human_duration(static_cast<double>(gap)));
  return line;
}

}  // namespace

std::vector<double> live_shares(const trial::Sample& sample) {
  std::vector<std::vector<unsigned>> places;
  double sum = 0;
  for (const auto& c : sample.contenders) {
    places.push_back(c.units);
    sum += static_cast<double>(c.operations);
  }
  const std::vector<double> weight(places.size(), 1.0);
  const std::vector<double> entitlement = stats::entitlement(places, weight);
  std::vector<double> shares;
  for (std::size_t i = 0; i < places.size(); ++i) {
    shares.push_back(sum > 0 && entitlement[i] > 0
                         ? static_cast<double>(sample.contenders[i].operations) / (entitlement[i] * sum)
                         : std::numeric_limits<double>::quiet_NaN());
  }
  return shares;
}

std::vector<Line> live_lines(const LiveView& view, const Style& style) {
  std::vector<Line> lines{Line(style), progress_line(view, style), trial_line(view, style)};
  const auto& all = view.sample.contenders;
  // What doesn't fit on the screen could not be redrawn in place.
  const std::size_t room = style.rows > 10 ? style.rows - 9 : 1;
  std::size_t shown = std::min({all.size(), most_rows, room});
  if (all.empty()) return lines;
  if (shown < all.size() && shown > 1) --shown;
  const std::vector<double> shares = live_shares(view.sample);
  const Columns c = columns_for(style);
  lines.push_back(Line(style));
  lines.push_back(head_line(c, style));
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(contender_line(view, i, shares[i], c, style));
  if (shown < all.size()) lines.push_back(hidden_line(view, shown, shares, style));
  lines.push_back(Line(style));
  lines.push_back(total_line(view, shares, style));
  return lines;
}

}  // namespace fairground::cli
