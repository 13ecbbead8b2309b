#include "cli/headline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "cli/labels.hpp"

namespace fairground::cli {
namespace {

using Rows = std::vector<const Row*>;

std::string capital(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string a(const std::string& noun) {
  const bool vowel = !noun.empty() && std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
  return (vowel ? "an " : "a ") + noun;
}

std::string percent(double share) {
  if (share <= 0) return "nothing";
  if (share < 0.001) return "less than 0.1 % of a fair share";
  return fmt::format("{:.{}f} % of a fair share", share * 100, share < 0.1 ? 1 : 0);
}

std::string where(const Row& row) { return (row.point.contended ? "behind " : "with ") + row.point.label; }

std::string how_often(const Row& row) {
  return row.ok > 1 ? fmt::format(" (median of {})", counted(row.ok, "trial")) : "";
}

// Of the one that is named; where it was another one in each trial, the longest of all, as in the table.
std::string gap_words(const Row& row) {
  const bool named = row.least.index.has_value();
  const double ns = named ? row.least_gap_ns : row.gap_ns.value_or(0);
  if (ns <= 0) return "";
  return fmt::format(" and {}once went {}{} without {}", named ? "" : "one ",
                     (named ? row.least_gap_open : row.gap_open) ? "at least " : "", human_duration(ns),
                     a(row.point.operation));
}

std::string starved(const Row& row) {
  const std::string share =
      row.share ? fmt::format("it got {}{}", percent(row.share->median), how_often(row)) : "it never ran";
  const std::string trials = row.starved_trials == 0 || row.starved_trials == row.ok
                                 ? ""
                                 : fmt::format(" in {} of {}", row.starved_trials, counted(row.ok, "trial"));
  if (row.least.index) {
    return fmt::format("{} {} was starved{}: {} {}{}.", capital(row.least.kind), *row.least.index, trials, where(row),
                       share, gap_words(row));
  }
  const std::string unluckiest =
      row.share ? fmt::format("the unluckiest got {}{}", percent(row.share->median), how_often(row))
                : "the unluckiest never ran";
  return fmt::format("{} was starved{} {}: {}{}.", capital(a(row.least.kind)), trials, where(row), unluckiest,
                     gap_words(row));
}

std::string unfair(const Row& row) {
  const std::string share = fmt::format("got {}{}{}", percent(row.share->median), how_often(row), gap_words(row));
  if (row.least.index) {
    return fmt::format("{} {} came off worst: {} it {}.", capital(row.least.kind), *row.least.index, where(row), share);
  }
  return fmt::format("{} the unluckiest {} {}.", capital(where(row)), row.least.kind, share);
}

std::string fair(const Row& least, const Rows& rows) {
  if (rows.size() == 1 || least.lowest_share >= 0.9) {
    return fmt::format("Nobody was starved: every {} got at least {:.2f} of a fair share in every trial.",
                       least.least.kind.empty() ? "contender" : least.least.kind, least.lowest_share);
  }
  return fmt::format("Nobody was starved; least fair was {}, where the unluckiest {} got {:.2f} of a fair share{}.",
                     least.point.label, least.least.kind, least.share->median, how_often(least));
}

// The same rules as the report's.
bool is_starving(const Row& row) {
  return row.starved_trials > 0 || (row.share && upper_share(row) < 0.5 && row.least_episodes >= 1);
}

bool is_unfair(const Row& row) {
  return row.share && upper_share(row) < 0.8 && (!row.random_share || upper_share(row) < *row.random_share);
}

// Of those in which somebody starved, else of all: the row with the least minimum share. None if no share is known.
const Row* worst_of(const Rows& rows) {
  const auto share = [](const Row* row) { return row->share ? row->share->median : 0.0; };
  Rows starving, known;
  for (const Row* row : rows) {
    if (is_starving(*row)) starving.push_back(row);
    if (row->share) known.push_back(row);
  }
  const Rows& candidates = starving.empty() ? known : starving;
  const auto least = std::min_element(candidates.begin(), candidates.end(),
                                      [&](const Row* x, const Row* y) { return share(x) < share(y); });
  return least == candidates.end() ? nullptr : *least;
}

// Points with at least two contenders, of which something ran.
std::string about_fairness(const Rows& rows, const Row* worst) {
  if (worst == nullptr) return "Too few operations were done to tell who got how much: run longer (--time).";
  if (is_starving(*worst)) return starved(*worst);
  if (is_unfair(*worst)) return unfair(*worst);
  Rows known;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(known),
               [](const Row* row) { return row->share.has_value(); });
  return fair(*worst, known);
}

std::string plural(const std::string& noun) {
  const auto ends = [&](std::string_view end) { return noun.ends_with(end); };
  if (ends("s") || ends("sh") || ends("ch") || ends("x")) return noun + "es";
  return noun + "s";
}

// "1.20 G turns a second".
std::string rate_words(const Row& row) {
  std::string rate = human_rate(row.throughput_per_s->median);
  if (rate.ends_with("/s")) rate.erase(rate.size() - 2);
  while (rate.ends_with(' ')) rate.pop_back();
  return fmt::format("{} {} a second", rate, plural(row.point.operation));
}

std::string without_fairness(const std::vector<Row>& rows) {
  const auto ran = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.ok > 0; });
  if (ran == rows.end()) {
    const auto told = std::find_if(rows.begin(), rows.end(), [](const Row& row) { return !row.trouble.empty(); });
    return told == rows.end() ? "Nothing was measured."
                              : fmt::format("Nothing was measured: {} ({}).", told->trouble, told->point.label);
  }
  if (rows.size() == 1 && ran->throughput_per_s) {
    return fmt::format("{} did {}; fairness takes two contenders.", ran->point.label, rate_words(*ran));
  }
  return "One contender each: what it did stands below, and fairness takes two.";
}

bool is_fair(const Row& row) { return row.share && row.lowest_share >= 0.9; }
bool has_interval(const Row& row) {
  return row.throughput_per_s && row.throughput_per_s->low && row.throughput_per_s->high;
}

std::string listed(const Rows& rows) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i)
    out += (i == 0 ? "" : i + 1 == rows.size() ? " and " : ", ") + rows[i]->point.label;
  return out;
}

std::string rates(const Rows& fair) {
  double low = fair.front()->throughput_per_s->median, high = low;
  for (const Row* row : fair) {
    low = std::min(low, row->throughput_per_s->median);
    high = std::max(high, row->throughput_per_s->median);
  }
  const std::string first = human_rate(low, 2), last = human_rate(high, 2);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

// "12 000", "13", "2.4": not rounded up, so that "at least" holds.
std::string times(double ratio) {
  if (ratio < 10) return fmt::format("{:.1f}", std::floor(ratio * 10) / 10);
  double step = 1;
  while (ratio / step >= 100) step *= 10;
  std::string digits = fmt::format("{:.0f}", std::floor(ratio / step) * step);
  for (std::size_t at = digits.size(); at > 3 && digits.size() > 4;) digits.insert(at -= 3, " ");
  return digits;
}

std::string price(const Rows& rows) {
  Rows fair;
  const Row* fastest = nullptr;
  for (const Row* row : rows) {
    if (!has_interval(*row)) continue;
    if (is_fair(*row)) fair.push_back(row);
    if (fastest == nullptr || row->throughput_per_s->median > fastest->throughput_per_s->median) fastest = row;
  }
  if (fair.empty() || fair.size() > 4 || fastest == nullptr || is_fair(*fastest)) return "";
  double most = 0;
  for (const Row* row : fair) most = std::max(most, *row->throughput_per_s->high);
  if (most <= 0 || *fastest->throughput_per_s->low < 1.2 * most) return "";
  return fmt::format("The fairest, {}, did {}; {} did at least {} times as much.", listed(fair), rates(fair),
                     fastest->point.label, times(*fastest->throughput_per_s->low / most));
}

}  // namespace

std::vector<std::string> headline(const std::vector<Row>& rows) {
  Rows shared;
  for (const Row& row : rows) {
    if (row.ok > 0 && row.contenders >= 2) shared.push_back(&row);
  }
  if (shared.empty()) return {without_fairness(rows)};
  const Row* worst = worst_of(shared);
  std::vector<std::string> out{about_fairness(shared, worst)};
  // The company of the worst comes first, then that of the most workers.
  const auto group_of = [](const Row& row) {
    return fmt::format("{}/{}/{}/{}", row.point.family, row.point.operation, row.point.workers, row.point.variant);
  };
  std::map<std::tuple<bool, int, std::string>, Rows> comparable;
  for (const Row* row : shared) {
    if (!row->point.contended) continue;
    const bool other = worst == nullptr || group_of(*row) != group_of(*worst);
    comparable[{other, -static_cast<int>(row->point.workers), group_of(*row)}].push_back(row);
  }
  for (const auto& [key, group] : comparable) {
    const std::string sentence = price(group);
    if (sentence.empty()) continue;
    out.push_back(sentence);
    break;
  }
  return out;
}

}  // namespace fairground::cli
