#include "record/probes.hpp"

#include <fairground/plugin.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "record/fairness.hpp"
#include "record/waits.hpp"
#include "stats/metrics.hpp"
#include "stats/order.hpp"
#include "trial/probe.hpp"

namespace fairground::record {

namespace {

using nlohmann::json;
using std::optional;

constexpr double most_bias = 1.25;
constexpr double most_disagreement = 0.3;
constexpr std::size_t most_in_matrix = 64;
constexpr auto shown_ns = static_cast<std::int64_t>(trial::shown_ns);
constexpr std::size_t most_shown = 20'000;  // acquisitions of a worker in one window of the timeline

class ProbeMetrics {
 public:
  ProbeMetrics(const trial::Spec& spec, const trial::Result& result, const TrialContext& context, Nulls& nulls)
      : spec_(spec),
        result_(result),
        context_(context),
        nulls_(nulls),
        probes_(*result.probes),
        n_(static_cast<std::uint32_t>(probes_.workers.size())),
        unstamped_(stats::reacquire_distances(probes_.bursts, n_)),
        waits_(weighted_waits(probes_.workers, unstamped_, -1)) {
    for (const trial::WorkerProbes& w : probes_.workers) {
      for (const stats::Histogram& h : w.holds) holds_.add(h);
      handovers_.add(w.handovers);
      outside_.add(w.outside);
      reads_ = reads_ || w.holds[FG_READ].count() > 0;
    }
  }

  void put(json& out) {
    put_spans(out);
    put_order(out);
    put_bypass(out);
    put_classes(out);
    const bool known = context_.edges_throughput_per_s && *context_.edges_throughput_per_s > 0 &&
                       out.at("throughput_per_s").is_number();
    out["probe_cost_ratio"] = nulls_.value(
        known ? optional(out.at("throughput_per_s").get<double>() / *context_.edges_throughput_per_s) : std::nullopt,
        "metrics.probe_cost_ratio", "no-trial-at-edges");
  }

 private:
  [[nodiscard]] bool full() const { return probes_.level == trial::level_full; }

  // What a wait comes to by throughput at `edges`: a round of all contenders less what one does itself.
  [[nodiscard]] optional<double> wait_by_throughput() const {
    if (!context_.edges_throughput_per_s || *context_.edges_throughput_per_s <= 0) return std::nullopt;
    return n_ * 1e9 / *context_.edges_throughput_per_s - holds_.mean() - outside_.mean();
  }

  // Waits are not to be believed: the stamps changed who won, or they don't add up to the throughput.
  [[nodiscard]] bool disturbed() const {
    if (full() || waits_.bias() > most_bias) return true;
    const auto expected = wait_by_throughput();
    if (!expected || spec_.point.workers < 2) return false;
    const double difference = std::abs(waits_.spans.mean() - *expected);
    const double cycle = *expected + holds_.mean() + outside_.mean();
    return difference > most_disagreement * std::max(*expected, 0.0) && difference > 0.1 * cycle;
  }

  // Percentiles of what nobody stamped are null, and the record says so.
  json spans(const std::string& path, const Spans& spans, bool disturbed) const {
    json out = spans.json(disturbed);
    for (const auto& [key, value] : out.items())
      if (value.is_null()) nulls_.none(path + "." + key, "none-stamped");
    return out;
  }

  void put_spans(json& out) {
    out["wait_ns"] = spans("metrics.wait_ns", waits_.spans, disturbed());
    out["hold_ns"] = spans("metrics.hold_ns", holds_, full());
    out["handover_ns"] = spans("metrics.handover_ns", handovers_, full());
    out["outside_ns"] = spans("metrics.outside_ns", outside_, full());
    const auto expected = wait_by_throughput();
    out["wait_by_throughput_ns"] =
        nulls_.value(expected ? optional(std::llround(std::max(0.0, *expected))) : std::nullopt,
                     "metrics.wait_by_throughput_ns", "no-trial-at-edges");
    out["stamp_bias_ratio"] = nulls_.value(waits_.weighted && !full() ? optional(waits_.bias()) : std::nullopt,
                                           "metrics.stamp_bias_ratio", full() ? "all-stamped" : "few-in-order");
    std::int64_t longest = 0;
    for (const trial::WorkerProbes& w : probes_.workers)
      longest = std::max({longest, w.longest_wait_ns, w.open_wait_ns.value_or(0)});
    const auto open = std::ranges::count(result_.workers, true, &trial::WorkerResult::waiting);
    // Where not every wait is stamped, a contender's longest gap holds a wait that nobody may have seen.
    if (!full()) longest = std::max(longest, longest_gap_rest());
    out["longest_wait_ns"] = longest;
    out["open_waits"] = open;
    out["opportunity_jain_ratio"] =
        nulls_.value(probes_.shared ? std::nullopt : opportunity(), "metrics.opportunity_jain_ratio",
                     probes_.shared ? "shared-holders" : "no-holds");
  }

  // The longest gap with at most one operation in it, less what a worker does itself: at least so long it waited.
  [[nodiscard]] std::int64_t longest_gap_rest() const {
    double longest = 0;
    for (const trial::WorkerResult& w : result_.workers) {
      const double length = static_cast<double>(w.longest_gap_end_ns - w.longest_gap_begin_ns);
      const double each = length / static_cast<double>(std::max<std::uint64_t>(1, w.longest_gap_operations));
      longest = std::max(longest, each - holds_.mean() - outside_.mean());
    }
    return static_cast<std::int64_t>(longest);
  }

  // Jain's index over what each contender had of the lock: the time it held it, and the time it was free (SCL).
  [[nodiscard]] optional<double> opportunity() const {
    if (holds_.count() == 0) return std::nullopt;
    std::vector<double> held;
    double sum = 0;
    for (std::size_t i = 0; i < probes_.workers.size(); ++i) {
      Spans own;
      for (const stats::Histogram& h : probes_.workers[i].holds) own.add(h);
      const double each = own.count() > 0 ? own.mean() : holds_.mean();
      held.push_back(each * static_cast<double>(result_.workers[i].operations));
      sum += held.back();
    }
    const double free = std::max(0.0, static_cast<double>(result_.window_ns) - sum);
    for (double& h : held) h += free;
    return stats::jain(held);
  }

  void put_order(json& out) {
    std::uint64_t longest_run = 0, longest_distance = 0, acquisitions = 0;
    double span = 0, steps = 0;
    for (const trial::WorkerProbes& w : probes_.workers) {
      longest_run = std::max(longest_run, w.longest_run);
      longest_distance = std::max(longest_distance, w.longest_distance);
      acquisitions += w.acquisitions;
      if (w.acquisitions < 2) continue;
      span += static_cast<double>(w.last_position - w.first_position);
      steps += static_cast<double>(w.acquisitions - 1);
    }
    const bool any = acquisitions > 0;
    out["longest_run"] = nulls_.value(any ? optional(longest_run) : std::nullopt, "metrics.longest_run", "no-order");
    json buckets = json::array();
    for (std::size_t c = 0; c < unstamped_.size(); ++c)
      if (unstamped_[c] > 0) buckets.push_back({std::uint64_t{1} << c, unstamped_[c]});
    out["reacquire_distance"] = {{"mean", nulls_.value(steps > 0 ? optional(span / steps) : std::nullopt,
                                                       "metrics.reacquire_distance.mean", "no-order")},
                                 {"maximum", longest_distance},
                                 {"count", acquisitions},
                                 {"buckets", std::move(buckets)}};  // [upper end, times]: 1, 2, 4 (3-4), 8 (5-8) ...
    out["short_term_jain"] = short_term();
    if (n_ <= most_in_matrix && !probes_.bursts.empty())
      out["handover_matrix"] = stats::handovers(probes_.bursts, n_);
    else
      out["handover_matrix"] = nulls_.none("metrics.handover_matrix", probes_.bursts.empty() ? "few-in-order" : "many");
  }

  [[nodiscard]] json short_term() const {
    std::vector<stats::WindowJain> all = stats::short_term_jain(probes_.bursts, n_);
    for (const stats::WindowJain& w : stats::long_term_jain(probes_.windows, probes_.window, n_)) all.push_back(w);
    json out = json::array();
    for (const stats::WindowJain& w : all) {
      out.push_back({{"window", w.window},
                     {"jain_ratio", w.jain},
                     {"standard_error", w.standard_error},
                     {"windows", w.windows},
                     {"distinct", w.distinct},
                     {"random_ratio", stats::random_jain(w.window, n_)}});
    }
    return out;
  }

  void put_bypass(json& out) const {
    if (!full()) return;
    Spans all;
    for (const trial::WorkerProbes& w : probes_.workers) all.add(w.bypass);
    json bypass = spans("metrics.bypass", all, false);
    bypass.erase("disturbed");
    std::uint64_t most = 0;
    for (const trial::WorkerProbes& w : probes_.workers) {
      const auto pairs = w.bypass.pairs();
      if (!pairs.empty()) most = std::max(most, w.bypass.rule().lowest(pairs.back().first));
    }
    bypass["maximum"] = most;
    out["bypass"] = std::move(bypass);
  }

  // Waits and holds of readers and of writers, where a resource has both.
  void put_classes(json& out) const {
    if (!reads_) return;
    for (int access = 0; access < 2; ++access) {
      Spans holds;
      for (const trial::WorkerProbes& w : probes_.workers) holds.add(w.holds[static_cast<std::size_t>(access)]);
      const std::string name = access == FG_READ ? "reader" : "writer";
      json& of = out["classes"][name];
      const std::string path = "metrics.classes." + name;
      of["wait_ns"] = spans(path + ".wait_ns", weighted_waits(probes_.workers, {}, access).spans, disturbed());
      of["hold_ns"] = spans(path + ".hold_ns", holds, full());
    }
  }

  const trial::Spec& spec_;
  const trial::Result& result_;
  const TrialContext& context_;
  Nulls& nulls_;
  const trial::ProbeResult& probes_;
  std::uint32_t n_;
  std::vector<std::uint64_t> unstamped_;
  WeightedWaits waits_;
  Spans holds_, handovers_, outside_;
  bool reads_ = false;
};

// One window of the timeline; what doesn't fit is cut off at its end, and said.
json shown(const trial::Result& result, const char* name, std::int64_t begin, std::int64_t end) {
  const trial::ProbeResult& probes = *result.probes;
  json acquisitions = json::array();
  bool cut = false;
  for (std::size_t i = 0; i < probes.workers.size(); ++i) {
    const trial::WorkerProbes& w = probes.workers[i];
    std::size_t count = 0;
    std::int64_t seen = INT64_MIN;
    for (const auto* kept : {&w.first, &w.worst, &w.last}) {
      for (const trial::StampedAcquisition& a : *kept) {
        if (a.wait_ns <= seen || a.released_ns < begin || a.wait_ns > end) continue;
        seen = a.wait_ns;
        if (++count > most_shown) {
          cut = true;
          break;
        }
        acquisitions.push_back({i, a.wait_ns, a.acquired_ns, a.released_ns});
      }
    }
    if (!w.open_wait_ns) continue;  // it went on after the window's end
    const std::int64_t since = static_cast<std::int64_t>(result.window_ns) - *w.open_wait_ns;
    if (since <= end) acquisitions.push_back({i, since, nullptr, nullptr});
  }
  return {{"name", name}, {"begin_ns", begin}, {"end_ns", end}, {"cut", cut}, {"acquisitions", acquisitions}};
}

}  // namespace

void put_probe_metrics(json& metrics, const trial::Spec& spec, const trial::Result& result, const TrialContext& context,
                       Nulls& nulls) {
  if (result.probes) ProbeMetrics(spec, result, context, nulls).put(metrics);
}

json timeline_json(const trial::Result& result) {
  if (!result.probes || result.probes->level != trial::level_full) return nullptr;
  const trial::StampedAcquisition* longest = nullptr;
  for (const trial::WorkerProbes& w : result.probes->workers)
    for (const auto* kept : {&w.first, &w.worst, &w.last})
      for (const trial::StampedAcquisition& a : *kept)
        if (longest == nullptr || a.acquired_ns - a.wait_ns > longest->acquired_ns - longest->wait_ns) longest = &a;
  if (longest == nullptr) return nullptr;
  std::int64_t open = 0;
  for (const trial::WorkerProbes& w : result.probes->workers) open = std::max(open, w.open_wait_ns.value_or(0));
  json windows = json::array({shown(result, "first", 0, shown_ns)});
  const bool ended = longest->acquired_ns - longest->wait_ns >= open;
  const std::int64_t end = ended ? longest->acquired_ns + shown_ns / 5 : static_cast<std::int64_t>(result.window_ns);
  windows.push_back(shown(result, "longest-wait", end - shown_ns, end));
  return {{"windows", std::move(windows)}};
}

}  // namespace fairground::record
