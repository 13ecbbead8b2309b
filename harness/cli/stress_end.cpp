#include "cli/stress_end.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/labels.hpp"

namespace fairground::cli {
namespace {

void add_limits(const StressTally& tally, const StressEnd& end, const Style& style, std::vector<Line>& lines) {
  for (const auto& [what, ids] : end.bounded) {
    const std::string of = ids.size() < 4 ? fmt::format("{}", fmt::join(ids, ", ")) : counted(ids.size(), "workload");
    lines.push_back(Line(style)
                        .add(fmt::format("kept small: {} of {}, ", what, of))
                        .add("for with more of it one operation outlasts a trial", muted));
  }
  if (const std::size_t reached = tally.rows().size(); reached < end.workloads)
    lines.push_back(
        Line(style)
            .add(fmt::format("not reached: {} of {}, ", end.workloads - reached, counted(end.workloads, "workload")))
            .add("for there was no time; give it more with --for", muted));
  for (const auto& [by, n] : end.held_back)
    lines.push_back(
        Line(style).add("held back: ").add(fmt::format("{} by the limit on {}", counted(n, "draw"), by), muted));
  if (end.ended_late > 0)
    lines.push_back(Line(style)
                        .add(fmt::format("cut short: {} that still ran seconds after the time was over, ",
                                         counted(end.ended_late, "trial")))
                        .add("so nothing is said of their end", muted));
}

void add_failures(const StressEnd& end, const Style& style, std::vector<Line>& lines) {
  if (!end.reproductions.empty() || !end.not_looked_into.empty()) lines.emplace_back(style);
  for (const record::Reproduction& r : end.reproductions) {
    for (const Line& line : reproduction_lines(r, style)) lines.push_back(line);
  }
  if (end.not_looked_into.empty()) return;
  lines.push_back(Line(style).add("not looked into, for there was no time (--resume does):", muted));
  for (const std::string& failure : end.not_looked_into) lines.push_back(Line(style).add("  " + failure, bold));
}

std::string verdict(const StressTally& tally, const StressEnd& end) {
  std::string text = fmt::format("{}, {} failed", counted(tally.trials(), "trial"), tally.failed());
  if (tally.unsupported() > 0) text += fmt::format(", {} unsupported", tally.unsupported());
  const bool most_ran = tally.ok() > tally.unsupported();
  if (tally.broken() > 0)
    text += ", " + broke_as_expected(tally.broken());
  else if (tally.failed() == 0 && tally.ok() > 0)
    text += most_ran ? ", every invariant held" : ": most could not be run";
  text += fmt::format(". {}.", human_duration(static_cast<double>(end.elapsed_ns)));
  if (tally.ok() == 0 && tally.failed() == 0) text += " Nothing could run.";
  if (end.interrupted) text += fmt::format(" Interrupted: go on with fairground stress --resume {}", end.shown_folder);
  return text;
}

}  // namespace

std::vector<Line> reproduction_lines(const record::Reproduction& r, const Style& style) {
  const std::string how = r.shown == 0
                              ? fmt::format("not seen again in {} alone; as it was:", counted(r.tried, "trial"))
                              : fmt::format("seen in {} of {} alone:", r.shown, counted(r.tried, "trial"));
  return {Line(style).add(r.what, bold), Line(style).add("  " + how, muted), Line(style).add("  " + r.command)};
}

std::vector<Line> stress_end_lines(const StressTally& tally, const StressEnd& end, const Style& style) {
  std::vector<Line> lines{Line(style)};
  for (const Line& line : stress_table(tally, style)) lines.push_back(line);
  lines.emplace_back(style);
  add_limits(tally, end, style, lines);
  for (const std::string& text : end.health) lines.push_back(Line(style).add(text));
  add_failures(end, style, lines);
  lines.emplace_back(style);
  lines.push_back(Line(style).add(verdict(tally, end), tally.failed() > 0 ? bold : plain));
  lines.push_back(Line(style).add(fmt::format("Record: {}", end.shown_folder)));
  return lines;
}

}  // namespace fairground::cli
