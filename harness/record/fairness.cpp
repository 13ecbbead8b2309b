#include "record/fairness.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace fairground::record {

namespace {

using nlohmann::json;
using std::optional;

// The longest of all: at most the largest upper end, at least the largest lower one.
struct Longest {
  stats::GapBracket bracket{};
  unsigned contender = 0;
};
Longest longest_of(const std::vector<Contender>& contenders) {
  Longest out;
  for (const Contender& c : contenders) {
    out.bracket.lower_ns = std::max(out.bracket.lower_ns, c.longest_gap.lower_ns);
    if (c.longest_gap.upper_ns <= out.bracket.upper_ns) continue;
    out.bracket.upper_ns = c.longest_gap.upper_ns;
    out.bracket.censored = c.longest_gap.censored;
    out.contender = c.index;
  }
  return out;
}

std::uint64_t width(const stats::GapBracket& bracket) {
  return bracket.upper_ns - std::min(bracket.lower_ns, bracket.upper_ns);
}

template <class T>
optional<T> when(bool condition, T value) {
  return condition ? optional<T>(value) : std::nullopt;
}

}  // namespace

std::uint64_t whole_ns(double ns) { return static_cast<std::uint64_t>(std::ceil(ns)); }

namespace {

std::string no_operations(const Fairness& f) { return f.measured() ? "no-operations" : "no-window"; }

void put_shares(json& out, const std::vector<Contender>& contenders, const Fairness& f, const std::string& path,
                Nulls& nulls) {
  const auto put = [&](const char* key, const optional<double>& value, const std::string& reason) {
    out[key] = nulls.value(value, path + key, reason);
  };
  const bool any = f.measured() && f.sum > 0;
  put("jain_ratio", any ? stats::jain(f.x) : std::nullopt, no_operations(f));
  put("raw_minimum_share_ratio", any ? stats::raw_minimum_share(f.x) : std::nullopt, no_operations(f));
  put("gini_ratio", any ? stats::gini(f.x) : std::nullopt, no_operations(f));
  put("fairness_factor_ratio", any ? stats::fairness_factor(f.x) : std::nullopt,
      any ? "one-contender" : no_operations(f));
  const auto minimum = any ? stats::minimum_share(f.x, f.entitlement) : std::nullopt;
  const std::string reason = any ? "too-few-operations" : no_operations(f);
  put("minimum_share_ratio", minimum ? optional(minimum->ratio) : std::nullopt, reason);
  out["minimum_share_contender"] = nulls.value(minimum ? optional(contenders[minimum->contender].index) : std::nullopt,
                                               path + "minimum_share_contender", reason);
  put("random_minimum_share_ratio",
      minimum ? optional(stats::random_minimum_share(f.sum, f.entitlement)) : std::nullopt, reason);
}

void put_gaps(json& out, const std::vector<Contender>& contenders, const Fairness& f, const std::string& path,
              Nulls& nulls) {
  const Longest longest = longest_of(contenders);
  const auto put = [&](const char* key, auto value) {
    out[key] = nulls.value(when(f.measured(), value), path + key, "no-window");
  };
  put("longest_gap_ns", longest.bracket.upper_ns);
  put("longest_gap_resolution_ns", width(longest.bracket));
  put("longest_gap_censored", longest.bracket.censored);
  put("longest_gap_contender", longest.contender);
  put("window_too_short", window_too_short(contenders, f));
}

void put_episodes(json& out, const Fairness& f, const std::string& path, Nulls& nulls) {
  stats::Episodes all;
  for (const stats::Episodes& e : f.episodes) {
    all.by_resource += e.by_resource;
    all.by_resource_ns += e.by_resource_ns;
    all.by_scheduler += e.by_scheduler;
    all.possible += e.possible;
  }
  const auto put = [&](const char* key, std::uint64_t value) {
    out[key] = nulls.value(when(!f.episodes.empty(), value), path + key, no_operations(f));
  };
  put("starvation_episodes", all.by_resource);
  put("starvation_ns", all.by_resource_ns);
  put("scheduler_episodes", all.by_scheduler);
  put("possible_episodes", all.possible);
  const auto starved = static_cast<std::uint64_t>(std::ranges::count(f.starved, true));
  out["starved_contenders"] = nulls.value(when(f.measured(), starved), path + "starved_contenders", "no-window");
  out["fair_interval_ns"] = nulls.value(when(!f.episodes.empty(), whole_ns(f.thresholds.fair_interval_ns)),
                                        path + "fair_interval_ns", no_operations(f));
}

// Who completed nothing in the whole window while others did was starved for all of it: by the resource if it had CPU
// time to wait with, or slept; by the scheduler if its gap was run delay.
stats::Episodes whole_window(const Contender& c, std::uint64_t window_ns, stats::Episodes found) {
  if (found.by_resource > 0 || found.by_scheduler > 0) return found;
  std::uint64_t delay = 0;
  for (const stats::Span& span : c.spans) delay += span.run_delay_ns;
  const bool ran = c.cpu_ns > 0 || delay < window_ns / 2;
  found.possible = 0;
  (ran ? found.by_resource : found.by_scheduler) = 1;
  if (ran) {
    found.by_resource_ns = window_ns;
    found.by_resource_in = {{0, static_cast<std::int64_t>(window_ns)}};
  }
  return found;
}

}  // namespace

double Fairness::resource_ns() const {
  return std::max({100 * thresholds.fair_interval_ns, 1e6, 2 * thresholds.round_ns});
}

double Fairness::scheduler_ns() const {
  return std::max(100 * thresholds.fair_interval_ns, 4 * std::max(thresholds.round_ns, thresholds.slice_ns));
}

Fairness fairness_of(const std::vector<Contender>& contenders, std::uint64_t window_ns, const ControlFigures& control,
                     double stolen_ns) {
  Fairness f;
  f.window_ns = window_ns;
  f.thresholds = {0, control.round_ns, control.slice_ns, stolen_ns};
  std::vector<std::vector<unsigned>> places;
  for (const Contender& c : contenders) {
    f.x.push_back(c.x);
    places.push_back(c.units);
  }
  f.starved.assign(contenders.size(), false);
  if (!f.measured()) return f;
  f.sum = std::accumulate(f.x.begin(), f.x.end(), 0.0);
  f.entitlement = stats::entitlement(places, std::vector<double>(places.size(), 1.0));
  for (const std::size_t i : stats::starved(f.x, f.entitlement)) f.starved[i] = true;
  if (f.sum <= 0) return f;
  f.thresholds.fair_interval_ns = static_cast<double>(contenders.size()) * static_cast<double>(window_ns) / f.sum;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Contender& c = contenders[i];
    f.episodes.push_back(stats::episodes(c.spans, c.samples(), window_ns, f.thresholds));
    if (f.starved[i] && c.operations == 0) f.episodes.back() = whole_window(c, window_ns, f.episodes.back());
    stats::Episodes& found = f.episodes.back();
    // Without its run delays nobody knows whose doing a gap was.
    if (!c.delays_known) found.possible += std::exchange(found.by_scheduler, 0);
    // Alone, nobody can take the resource from it.
    if (!c.delays_known || contenders.size() == 1) {
      found.possible += std::exchange(found.by_resource, 0);
      found.by_resource_ns = 0;
      found.by_resource_in.clear();
    }
  }
  return f;
}

bool window_too_short(const std::vector<Contender>& contenders, const Fairness& f) {
  if (!f.measured()) return false;
  const double window = static_cast<double>(f.window_ns);
  return window < 20 * f.thresholds.round_ns ||
         window < 10 * static_cast<double>(longest_of(contenders).bracket.upper_ns);
}

json fairness_json(const std::vector<Contender>& contenders, const Fairness& f, const std::string& path, Nulls& nulls) {
  json out = json::object();
  put_shares(out, contenders, f, path + ".", nulls);
  put_gaps(out, contenders, f, path + ".", nulls);
  put_episodes(out, f, path + ".", nulls);
  return out;
}

json contender_json(const Contender& c, const Fairness& f, std::size_t i, const std::string& path, Nulls& nulls) {
  json out = {{"operations", c.operations}, {"starved", bool(f.starved[i])}};
  const auto put = [&](const char* key, const auto& value) {
    out[key] = nulls.value(value, path + "." + key, no_operations(f));
  };
  const bool window = f.measured();
  put("entitlement_ratio", window ? optional(f.entitlement[i]) : std::nullopt);
  put("share_ratio", f.sum > 0 ? optional(f.x[i] / (f.entitlement[i] * f.sum)) : std::nullopt);
  put("longest_gap_ns", when(window, c.longest_gap.upper_ns));
  put("longest_gap_resolution_ns", when(window, width(c.longest_gap)));
  put("longest_gap_censored", when(window, c.longest_gap.censored));
  const stats::Episodes e = f.episodes.empty() ? stats::Episodes{} : f.episodes[i];
  put("starvation_episodes", when(!f.episodes.empty(), e.by_resource));
  put("starvation_ns", when(!f.episodes.empty(), e.by_resource_ns));
  put("scheduler_episodes", when(!f.episodes.empty(), e.by_scheduler));
  put("possible_episodes", when(!f.episodes.empty(), e.possible));
  return out;
}

}  // namespace fairground::record
