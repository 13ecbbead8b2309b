#include "record/over_time.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/order.hpp"

namespace fairground::record {

using nlohmann::json;

namespace {

constexpr std::size_t most_intervals = 256;
constexpr std::size_t most_episodes = 16, most_overtakers = 256;  // of one contender; in the episodes of one together

// Neighbouring intervals are put together until at most 256 are left.
trial::Progress merged(const trial::Progress& progress) {
  const std::size_t count = progress.end_ns.size();
  const std::size_t width = std::max<std::size_t>(1, (count + most_intervals - 1) / most_intervals);
  trial::Progress out;
  for (std::size_t k = 0; k < count; k += width) out.end_ns.push_back(progress.end_ns[std::min(k + width, count) - 1]);
  for (const std::vector<std::uint64_t>& all : progress.operations) {
    std::vector<std::uint64_t>& of = out.operations.emplace_back(out.end_ns.size(), 0);
    for (std::size_t k = 0; k < std::min(all.size(), count); ++k) of[k / width] += all[k];
  }
  return out;
}

// How much of [begin, end] lies within the other, ns.
std::int64_t shared_ns(std::int64_t begin, std::int64_t end, const stats::Within& within) {
  return std::min(end, within.end_ns) - std::max(begin, within.begin_ns);
}

double completed(const Contender& c, const stats::Within& within) {
  double sum = 0;
  const auto first = std::ranges::upper_bound(c.at_ns, within.begin_ns) - c.at_ns.begin();
  for (auto k = static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, first));
       k < c.at_ns.size() && c.at_ns[k - 1] < within.end_ns; ++k) {
    const std::int64_t begin = c.at_ns[k - 1], end = c.at_ns[k], shared = shared_ns(begin, end, within);
    if (shared <= 0 || end <= begin) continue;
    sum += static_cast<double>(c.counts[k] - c.counts[k - 1]) * static_cast<double>(shared) /
           static_cast<double>(end - begin);
  }
  return sum;
}

}  // namespace

json progress_json(const trial::Progress& progress) {
  const trial::Progress kept = merged(progress);
  return {{"end_ns", kept.end_ns}, {"operations", kept.operations}};
}

json overtaken_by(const std::vector<Contender>& contenders, std::size_t i, const stats::Within& within) {
  json out = json::array();
  for (std::size_t other = 0; other < contenders.size(); ++other) {
    const double sum = other == i ? 0 : completed(contenders[other], within);
    out.push_back(static_cast<std::uint64_t>(std::llround(sum)));
  }
  return out;
}

json episodes_json(const std::vector<Contender>& contenders, const Fairness& fairness, std::size_t i) {
  json out = json::array();
  if (fairness.episodes.empty()) return out;
  std::vector<stats::Within> all = fairness.episodes[i].by_resource_in;
  const std::size_t kept =
      std::min({all.size(), most_episodes, std::max<std::size_t>(1, most_overtakers / contenders.size())});
  const auto length = [](const stats::Within& w) { return w.end_ns - w.begin_ns; };
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(kept), std::greater<>(), length);
  all.resize(kept);
  std::ranges::sort(all, {}, &stats::Within::begin_ns);
  for (const stats::Within& within : all) {
    out.push_back({{"begin_ns", within.begin_ns},
                   {"end_ns", within.end_ns},
                   {"overtaken_by", overtaken_by(contenders, i, within)}});
  }
  return out;
}

json jain_over_time(const trial::Progress& progress) {
  const auto [ends, operations] = merged(progress);
  json out = json::array();
  // The first and the last may be what was left of an interval.
  std::size_t begin = 0, end = ends.size();
  const auto length = [&](std::size_t k) { return ends[k] - (k > 0 ? ends[k - 1] : 0); };
  const auto stub = [&](std::size_t k) { return 2 * length(k) < ends.back() / static_cast<std::int64_t>(ends.size()); };
  if (end > 2 && stub(end - 1)) --end;
  if (end > 2 && stub(0)) ++begin;
  if (begin == end) return out;
  std::vector<std::vector<std::uint32_t>> counts(end - begin);
  for (const std::vector<std::uint64_t>& all : operations)
    for (std::size_t k = begin; k < end; ++k)
      counts[k - begin].push_back(
          static_cast<std::uint32_t>(std::min<std::uint64_t>(all[k], std::numeric_limits<std::uint32_t>::max())));
  const auto each_ns = static_cast<std::uint64_t>(ends[end - 1] - (begin > 0 ? ends[begin - 1] : 0)) / counts.size();
  for (const stats::WindowJain& w :
       stats::long_term_jain(counts, each_ns, static_cast<std::uint32_t>(operations.size()))) {
    if (w.windows == 0) continue;
    out.push_back({{"window_ns", w.window},
                   {"jain_ratio", w.jain},
                   {"standard_error", w.standard_error},
                   {"windows", w.windows}});
  }
  return out;
}

}  // namespace fairground::record
