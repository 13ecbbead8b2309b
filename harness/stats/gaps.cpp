#include <algorithm>
#include <cmath>

#include "stats/metrics.hpp"

namespace fairground::stats {
namespace {

constexpr double shortest_gap_ns = 1e6;  // what is shorter is no starvation, whatever its cause

struct Interval {
  std::int64_t begin_ns, end_ns;
  [[nodiscard]] std::int64_t length() const { return end_ns - begin_ns; }
};

Interval overlap(const Interval& a, const Interval& b) {
  return {std::max(a.begin_ns, b.begin_ns), std::min(a.end_ns, b.end_ns)};
}

std::uint64_t length_of(const Interval& interval) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, interval.length()));
}

// The longest stretches of samples with an unchanged count, in order; at those times nothing was completed.
std::vector<Interval> still_of(const SampleSeries& samples) {
  std::vector<Interval> still;
  for (std::size_t first = 0, k = 1; k <= samples.at_ns.size(); ++k) {
    if (k < samples.at_ns.size() && samples.operations[k] == samples.operations[first]) continue;
    if (k - first > 1) still.push_back({samples.at_ns[first], samples.at_ns[k - 1]});
    first = k;
  }
  return still;
}

// What is known of one span's longest gap inside the window.
struct Bounds {
  std::uint64_t lower_ns, upper_ns;
  bool censored;
};

// The part inside the window has at most as many pieces between completions as the span completed operations, whichever
// end was cut off (of a span cut at its end, the last completion is outside), so one of them lasts L / c or longer.
Bounds bounds_of(const Span& span, const std::vector<Interval>& still, std::uint64_t window_ns) {
  const auto window = static_cast<std::int64_t>(window_ns);
  const Interval inside = overlap({span.begin_ns, span.end_ns}, {0, window});
  const std::uint64_t upper = length_of(inside);
  std::uint64_t lower = upper / std::max<std::uint64_t>(1, span.operations);
  auto next =
      std::partition_point(still.begin(), still.end(), [&](const Interval& s) { return s.end_ns <= inside.begin_ns; });
  for (; next != still.end() && next->begin_ns < inside.end_ns; ++next) {
    lower = std::max(lower, length_of(overlap(*next, inside)));
  }
  return {lower, upper, span.operations == 0 || span.begin_ns < 0 || span.end_ns > window};
}

// Of a contender without stamps: between two samples, c completions leave c + 1 pieces; and a gap reaches at most from
// the sample before a still stretch to the one after it.
GapBracket bracket_of(const SampleSeries& samples) {
  GapBracket bracket{};
  const std::size_t n = samples.at_ns.size();
  for (std::size_t first = 0, k = 1; k <= n; ++k) {
    if (k < n && samples.operations[k] == samples.operations[first]) continue;
    const std::size_t from = first == 0 ? 0 : first - 1, to = std::min(k, n - 1);
    const std::uint64_t upper = length_of({samples.at_ns[from], samples.at_ns[to]});
    const std::uint64_t pieces = samples.operations[to] - samples.operations[from] + 1;
    const std::uint64_t still = length_of({samples.at_ns[first], samples.at_ns[k - 1]});
    bracket.lower_ns = std::max({bracket.lower_ns, still, upper / pieces});
    if (upper > bracket.upper_ns) {
      bracket.upper_ns = upper;
      bracket.censored = first == 0 || k == n;
    }
    first = k;
  }
  return bracket;
}

double run_delay_inside(const Span& span, std::uint64_t inside_ns) {
  const auto length = static_cast<double>(span.end_ns - span.begin_ns);
  if (!(length > 0)) return 0;
  const double delay = std::min(static_cast<double>(span.run_delay_ns), length);
  return delay * (static_cast<double>(inside_ns) / length);
}

enum class Verdict { none, by_resource, by_scheduler, possible };

// The gap lies somewhere in the span and is at least lower and at most upper long; so of the run delay r it contains
// between r - (upper - lower) and r, and of the rest between lower - r and upper - r.
Verdict judge(const Bounds& gap, double r, const EpisodeThresholds& limits) {
  const double resource = std::max({100 * limits.fair_interval_ns, shortest_gap_ns, 2 * limits.round_ns});
  const double scheduler = std::max(100 * limits.fair_interval_ns, 4 * std::max(limits.round_ns, limits.slice_ns));
  const auto lower = static_cast<double>(gap.lower_ns), upper = static_cast<double>(gap.upper_ns);
  if (upper < shortest_gap_ns) return Verdict::none;
  const double least_delay = std::max(0.0, r - (upper - lower));
  if (lower - r - limits.stolen_ns > resource) return Verdict::by_resource;
  if (lower >= shortest_gap_ns && least_delay > scheduler && upper - r <= resource) return Verdict::by_scheduler;
  return upper - r > resource || r > scheduler ? Verdict::possible : Verdict::none;
}

}  // namespace

GapBracket longest_gap(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns) {
  if (spans.empty()) return bracket_of(samples);
  const std::vector<Interval> still = still_of(samples);
  GapBracket longest{};
  for (const Span& span : spans) {
    const Bounds bounds = bounds_of(span, still, window_ns);
    longest.lower_ns = std::max(longest.lower_ns, bounds.lower_ns);
    if (bounds.upper_ns > longest.upper_ns || (bounds.upper_ns == longest.upper_ns && bounds.censored)) {
      longest.upper_ns = bounds.upper_ns;
      longest.censored = bounds.censored;
    }
  }
  for (const Interval& s : still) {
    longest.lower_ns = std::max(longest.lower_ns, length_of(s));
    // A stretch longer than every span is one whose span wasn't kept.
    if (length_of(s) <= longest.upper_ns) continue;
    longest.upper_ns = length_of(s);
    longest.censored = s.begin_ns <= 0 || s.end_ns >= static_cast<std::int64_t>(window_ns);
  }
  return longest;
}

Episodes episodes(std::span<const Span> spans, const SampleSeries& samples, std::uint64_t window_ns,
                  const EpisodeThresholds& limits) {
  const std::vector<Interval> still = still_of(samples);
  Episodes found;
  for (const Span& span : spans) {
    const Bounds gap = bounds_of(span, still, window_ns);
    switch (judge(gap, run_delay_inside(span, gap.upper_ns), limits)) {
      case Verdict::by_resource:
        ++found.by_resource;
        found.by_resource_ns += gap.lower_ns;
        found.by_resource_in.push_back(
            {std::max<std::int64_t>(0, span.begin_ns), std::min(span.end_ns, static_cast<std::int64_t>(window_ns))});
        break;
      case Verdict::by_scheduler:
        ++found.by_scheduler;
        break;
      case Verdict::possible:
        ++found.possible;
        break;
      case Verdict::none:
        break;
    }
  }
  return found;
}

}  // namespace fairground::stats
