#include "record/contenders.hpp"

#include <algorithm>

namespace fairground::record {

namespace {

struct Samples {
  std::vector<std::int64_t> at_ns;
  std::vector<std::uint64_t> counts;
};

// The sampler's counts of contender i from its intervals, closed by the window's own ends.
Samples samples_of(const trial::Progress& progress, std::size_t i, std::uint64_t operations, std::uint64_t window_ns) {
  const auto window = static_cast<std::int64_t>(window_ns);
  Samples s{{0}, {0}};
  if (i < progress.operations.size()) {
    const auto& per_interval = progress.operations[i];
    for (std::size_t k = 0; k < std::min(per_interval.size(), progress.end_ns.size()); ++k) {
      if (progress.end_ns[k] >= window) break;
      s.at_ns.push_back(progress.end_ns[k]);
      s.counts.push_back(std::min(s.counts.back() + per_interval[k], operations));
    }
  }
  s.at_ns.push_back(window);
  s.counts.push_back(operations);
  return s;
}

// A span that touches an end of the window was cut there: it began before, or went on. stats calls it censored if it
// reaches outside.
stats::Span span_of(std::int64_t begin_ns, std::int64_t end_ns, std::uint64_t operations, std::uint64_t run_delay_ns,
                    std::uint64_t window_ns) {
  const auto window = static_cast<std::int64_t>(window_ns);
  return {begin_ns == 0 ? -1 : begin_ns, end_ns == window ? window + 1 : end_ns, operations, run_delay_ns};
}

stats::GapBracket gap_of_worker(const trial::WorkerResult& w, const Contender& c, std::uint64_t window_ns) {
  std::vector<stats::Span> all = c.spans;
  all.push_back(span_of(w.longest_gap_begin_ns, w.longest_gap_end_ns, w.longest_gap_operations, 0, window_ns));
  if (w.operations == 0) all.push_back({0, static_cast<std::int64_t>(window_ns), 0, 0});
  return stats::longest_gap(all, c.samples(), window_ns);
}

// Without stamps, an episode is seen where at least one whole interval between samples went by without an operation.
// It may reach into the intervals on both sides; their k completions leave k + 1 pieces.
std::vector<stats::Span> still_spans(const Contender& c) {
  std::vector<stats::Span> out;
  const std::size_t n = c.counts.size();
  for (std::size_t first = 0, k = 1; k <= n; ++k) {
    if (k < n && c.counts[k] == c.counts[first]) continue;
    const std::size_t from = first == 0 ? 0 : first - 1, to = std::min(k, n - 1);
    if (k - first > 1) out.push_back({c.at_ns[from], c.at_ns[to], c.counts[to] - c.counts[from] + 1, 0});
    first = k;
  }
  return out;
}

void put_gaps(Contender& c, const trial::ContenderResult& r, std::uint64_t window_ns) {
  c.spans = still_spans(c);
  c.longest_gap = stats::longest_gap({}, c.samples(), window_ns);
  if (!r.stamped || !r.longest_gap_ns) return;
  c.longest_gap.upper_ns = static_cast<std::uint64_t>(*r.longest_gap_ns);
  c.longest_gap.lower_ns = c.longest_gap.upper_ns;
}

}  // namespace

double counted(const trial::Spec& spec, const trial::WorkerResult& w) {
  if (!spec.workload.has("contended") && w.effective_operations) return *w.effective_operations;
  return static_cast<double>(w.operations);
}

std::optional<stats::Span> clipped(const trial::Gap& gap, std::uint64_t window_ns) {
  const std::int64_t begin = std::max<std::int64_t>(gap.begin_ns, 0);
  const std::int64_t end = std::min(gap.end_ns, static_cast<std::int64_t>(window_ns));
  if (end <= begin) return std::nullopt;
  return stats::Span{begin, end, gap.operations, gap.run_delay_ns};
}

std::vector<Contender> workers_of(const trial::Spec& spec, const trial::Result& result) {
  static const trial::Progress none;
  std::vector<Contender> out;
  for (const trial::WorkerResult& w : result.workers) {
    Contender c;
    c.index = w.worker;
    c.class_name = w.class_name;
    c.cpu_ns = w.user_ns + w.system_ns;
    c.delays_known = w.gap_delays_known;
    c.units = w.units_allowed.empty() ? w.units_asked : w.units_allowed;
    c.operations = w.operations;
    c.x = counted(spec, w);
    Samples s =
        samples_of(result.contenders.empty() ? result.progress : none, out.size(), w.operations, result.window_ns);
    c.at_ns = std::move(s.at_ns);
    c.counts = std::move(s.counts);
    for (const trial::Gap& gap : w.gaps) {
      c.spans.push_back(span_of(gap.begin_ns, gap.end_ns, gap.operations, gap.run_delay_ns, result.window_ns));
    }
    c.longest_gap = gap_of_worker(w, c, result.window_ns);
    out.push_back(std::move(c));
  }
  return out;
}

std::vector<Contender> others_of(const trial::Result& result) {
  std::vector<Contender> out;
  for (const trial::ContenderResult& r : result.contenders) {
    Contender c;
    c.index = r.contender;
    c.class_name = r.class_name;
    c.units_seen = r.units_seen;
    c.units = r.units;
    c.operations = r.operations;
    c.x = static_cast<double>(r.operations);
    Samples s = samples_of(result.progress, out.size(), r.operations, result.window_ns);
    c.at_ns = std::move(s.at_ns);
    c.counts = std::move(s.counts);
    put_gaps(c, r, result.window_ns);
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace fairground::record
