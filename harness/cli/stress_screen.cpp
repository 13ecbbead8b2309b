#include "cli/stress_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "cli/labels.hpp"
#include "machine/pinning.hpp"

namespace fairground::cli {
namespace {

constexpr std::size_t most_rows = 16;

std::string seconds(std::uint64_t ns) { return fmt::format("{:.1f}", static_cast<double>(ns) / 1e9); }

Line progress_line(const StressView& view, const Style& style) {
  const double done = std::clamp(
      static_cast<double>(view.elapsed_ns) / static_cast<double>(std::max<std::uint64_t>(view.for_ns, 1)), 0.0, 1.0);
  const std::uint64_t left = view.for_ns - std::min(view.for_ns, view.elapsed_ns);
  const unsigned width = std::clamp<unsigned>(style.columns > 40 ? style.columns - 40 : 10, 10, 56);
  const auto full = static_cast<unsigned>(std::lround(done * width));
  std::string before, after;
  for (unsigned i = 0; i < width; ++i) (i < full ? before : after) += i < full ? "━" : "─";
  Line line(style);
  line.add("stress", bold)
      .add("  ")
      .add(before)
      .add(after, muted)
      .add(fmt::format("  {:.0f} %", std::floor(done * 100)));
  return line.add("   ").add(
      left == 0 ? "ending" : human_duration(std::ceil(static_cast<double>(left) / 1e9) * 1e9) + " left", bold);
}

Line running_line(const RunningTrial& trial, const Style& style) {
  const unsigned where = style.columns > 80 ? 44 : 34;
  Line line(style);
  line.left(2, trial.label, Ink{false, false, trial.group})
      .left(where, trial.where)
      .left(where + 12, trial.phase, muted);
  if (trial.total_ns > 0)
    line.add(fmt::format(", {} of {} s", seconds(std::min(trial.elapsed_ns, trial.total_ns)), seconds(trial.total_ns)),
             muted);
  return line;
}

std::string counts(const StressView& view) {
  return fmt::format("{}, {} failed, {} unsupported", counted(view.trials, "trial"), view.failed, view.unsupported);
}

std::string limit_text(const machine::Limit& limit, const std::string& amount) {
  return limit.by.empty() ? amount : fmt::format("{} ({})", amount, limit.by);
}

}  // namespace

std::string places_text(const std::vector<std::vector<unsigned>>& places) {
  const std::set<unsigned> units = machine::units_of(places);
  if (units.empty()) return "any unit";
  std::string out;
  for (auto at = units.begin(); at != units.end();) {
    const unsigned first = *at;
    unsigned last = first;
    for (++at; at != units.end() && *at == last + 1; ++at) last = *at;
    out += (out.empty() ? "PU " : ",") + (first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last));
  }
  return out;
}

std::vector<Line> stress_lines(const StressView& view, const Style& style) {
  std::vector<Line> lines{Line(style), progress_line(view, style), Line(style)};
  lines.back().add(counts(view), view.failed > 0 ? bold : plain);
  if (!view.doing.empty()) lines.back().add("   " + view.doing, muted);
  lines.emplace_back(style);
  // What doesn't fit on the screen could not be redrawn in place.
  const std::size_t room = style.rows > 12 ? style.rows - 10 : 1;
  const std::size_t shown = std::min({view.running.size(), most_rows, room});
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(running_line(view.running[i], style));
  if (shown < view.running.size())
    lines.push_back(Line(style).left(2, fmt::format("…and {} more", view.running.size() - shown), muted));
  if (!view.failures.empty()) lines.emplace_back(style);
  for (const std::string& failure : view.failures) lines.push_back(Line(style).left(2, failure, bold));
  return lines;
}

Line stress_plain_line(const StressView& view, const Style& style, const std::string& clock) {
  Line line(style);
  line.add(fmt::format("{} {:.0f} of {:.0f} s: {}", clock, static_cast<double>(view.elapsed_ns) / 1e9,
                       static_cast<double>(view.for_ns) / 1e9, counts(view)));
  std::string now;
  for (const RunningTrial& trial : view.running) {
    if (!trial.label.empty()) now += fmt::format("{}{} on {}", now.empty() ? "; now " : "; ", trial.label, trial.where);
  }
  return line.add(now);
}

std::vector<Line> stress_begin_lines(const StressPlan& p, const Style& style) {
  const char* between = style.terminal ? " · " : ", ";
  std::string text =
      fmt::format("{}{}{}{}{} side by side{}up to {} each{}seed {}", counted(p.workloads.size(), "workload"), between,
                  human_duration(static_cast<double>(p.for_ns)), between, counted(p.jobs, "trial"), between,
                  counted(p.bounds.workers, "worker"), between, p.seed);
  if (style.terminal) text += fmt::format("{}record {}", between, p.shown_folder);
  Line first(style);
  if (!style.terminal) first.add(fmt::format("stress {}: ", p.run_id));
  first.add(text, muted);
  Line second(style);
  second.add(
      fmt::format("at most {} of memory, {} of disk, {} and threads",
                  limit_text(p.limits.memory_bytes, human_bytes(static_cast<double>(p.limits.memory_bytes.value))),
                  limit_text(p.limits.disk_bytes, human_bytes(static_cast<double>(p.limits.disk_bytes.value))),
                  limit_text(p.limits.processes, fmt::format("{} processes", p.limits.processes.value))),
      muted);
  std::vector<Line> lines{first, second};
  for (const std::string& sentence : p.lowered) lines.push_back(Line(style).add(sentence, muted));
  if (p.machine.quota_units)
    lines.push_back(Line(style).add(
        fmt::format("the cgroup's CPU quota is worth {} of {} units", *p.machine.quota_units, p.machine.units.size()),
        muted));
  if (p.earlier)
    lines.push_back(
        Line(style).add(fmt::format("going on after {}", human_duration(static_cast<double>(p.spent_ns))), muted));
  return lines;
}

}  // namespace fairground::cli
