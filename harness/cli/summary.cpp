#include "cli/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "stats/histogram.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

std::optional<double> number(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

bool flag(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

const json& contenders_of(const json& line) {
  static const json nobody = json::array();
  const auto own = line.find("per_contender");
  if (own != line.end() && own->is_array() && !own->empty()) return *own;
  const auto workers = line.find("per_worker");
  return workers != line.end() && workers->is_array() ? *workers : nobody;
}

std::string kind_of(const json& line) {
  const json& all = contenders_of(line);
  if (all.empty() || !all.front().contains("class")) return "worker";
  const std::string kind = all.front().value("class", "");
  const bool same = std::all_of(all.begin(), all.end(), [&](const json& c) { return c.value("class", "") == kind; });
  return same && !kind.empty() ? kind : "contender";
}

// The values of one metric over the trials, if every trial has it.
std::optional<std::vector<double>> values_of(const std::vector<const json*>& ok, const char* key) {
  std::vector<double> values;
  for (const json* line : ok) {
    const std::optional<double> value = number(line->at("metrics"), key);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return values;
}

std::string trouble_of(const json& line) {
  const std::string status = line.value("status", "?");
  const json reason = line.value("reason", json());
  return reason.is_string() && !reason.get_ref<const std::string&>().empty()
             ? fmt::format("{}: {}", status, printable(reason.get<std::string>()))
             : status;
}

// The longest gap of several trials: how long it was at most, or, if that one was not over, how long one was at least.
struct LongestGap {
  double most_ns = 0, least_ns = 0;
  bool open = false;

  void add(const json& of, bool is_open) {
    const std::optional<double> gap = number(of, "longest_gap_ns");
    if (!gap) return;
    least_ns = std::max(least_ns, *gap - number(of, "longest_gap_resolution_ns").value_or(0));
    if (*gap <= most_ns) return;
    most_ns = *gap;
    open = is_open;
  }
  [[nodiscard]] double ns() const { return open ? least_ns : most_ns; }
};

// Who was least in more than half of the trials, and the longest gap of whoever it was in each.
void add_least(Row& row, const std::vector<const json*>& ok) {
  LongestGap least;
  std::map<unsigned, unsigned> times;
  for (const json* line : ok) {
    const std::optional<double> index = number(line->at("metrics"), "minimum_share_contender");
    const json& all = contenders_of(*line);
    if (!index || *index < 0 || *index >= static_cast<double>(all.size())) continue;
    const auto i = static_cast<unsigned>(*index);
    // Where several got as little, none of them is the one.
    const std::optional<double> share = number(all[i], "share_ratio");
    const auto same =
        std::count_if(all.begin(), all.end(), [&](const json& c) { return number(c, "share_ratio") == share; });
    if (!share || same == 1) ++times[i];
    least.add(all[i], flag(all[i], "longest_gap_censored"));
  }
  row.least_gap_ns = least.ns();
  row.least_gap_open = least.open;
  for (const auto& [index, n] : times) {
    if (2 * n > ok.size()) row.least.index = index;
  }
}

void add_gap(Row& row, const std::vector<const json*>& ok) {
  LongestGap longest;
  for (const json* line : ok) {
    const json& metrics = line->at("metrics");
    longest.add(metrics, flag(metrics, "longest_gap_censored") || flag(metrics, "window_too_short"));
    if (number(metrics, "longest_gap_ns")) row.gap_ns = longest.ns();
  }
  row.gap_open = longest.open;
}

}  // namespace

std::string Who::brief() const {
  if (!index) return "varies";
  return fmt::format("{}{}", kind.empty() ? 'w' : kind.front(), *index);
}

Row summarise(const PointFacts& point, const std::vector<json>& lines) {
  Row row;
  row.point = point;
  std::vector<const json*> ok;
  for (const json& line : lines) {
    ++row.trials;
    if (line.value("status", "") == "ok" && line.contains("metrics"))
      ok.push_back(&line);
    else if (row.trouble.empty())
      row.trouble = trouble_of(line);
  }
  row.ok = static_cast<unsigned>(ok.size());
  if (ok.empty()) return row;
  row.least.kind = kind_of(*ok.front());
  row.contenders = contenders_of(*ok.front()).size();
  if (const auto values = values_of(ok, "throughput_per_s")) row.throughput_per_s = stats::median_interval(*values);
  if (const auto values = values_of(ok, "minimum_share_ratio")) {
    row.share = stats::median_interval(*values);
    row.lowest_share = *std::min_element(values->begin(), values->end());
    row.highest_share = *std::max_element(values->begin(), values->end());
  }
  if (const auto values = values_of(ok, "random_minimum_share_ratio"))
    row.random_share = stats::median_interval(*values).median;
  if (const auto values = values_of(ok, "starvation_episodes")) {
    const stats::MedianInterval episodes = stats::median_interval(*values);
    row.episodes = episodes.median;
    row.least_episodes = episodes.low.value_or(*std::min_element(values->begin(), values->end()));
  }
  for (const json* line : ok) {
    if (number(line->at("metrics"), "starved_contenders").value_or(0) > 0) ++row.starved_trials;
  }
  add_least(row, ok);
  add_gap(row, ok);
  return row;
}

void add_waits(Row& row, const std::vector<json>& lines) {
  stats::Histogram all(2);
  unsigned trials = 0, disturbed = 0;
  for (const json& line : lines) {
    if (line.value("status", "") != "ok" || !line.at("metrics").contains("wait_ns")) continue;
    const json& waits = line.at("metrics").at("wait_ns");
    for (const json& pair : waits.at("buckets"))
      all.record(all.rule().lowest(pair.at(0).get<std::uint32_t>()), pair.at(1).get<std::uint64_t>());
    ++trials;
    disturbed += flag(waits, "disturbed") ? 1 : 0;
  }
  if (all.count() == 0) return;
  row.wait_p50_ns = all.percentile(50);
  row.wait_p99_ns = all.percentile(99);
  row.waits_disturbed = 2 * disturbed > trials;
}

double upper_share(const Row& row) { return row.share->high.value_or(row.highest_share); }

std::optional<double> half_width_percent(const stats::MedianInterval& m) {
  if (!m.low || !m.high || m.median <= 0) return std::nullopt;
  return (*m.high - *m.low) / 2 / m.median * 100;
}

}  // namespace fairground::cli
