#include "cli/stress_alone.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "cli/stress_tally.hpp"
#include "plan/shrink.hpp"

namespace fairground::cli {
namespace {

constexpr unsigned tries = 3;
constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t longest_ns = 8 * second;
constexpr std::uint64_t patience_ns = 90 * second;  // with shrinking
constexpr std::uint64_t short_deadline_ns = 3 * second;

plan::Draw longer(plan::Draw draw, std::uint64_t times) {
  draw.point.time_ns = std::min(longest_ns, draw.point.time_ns * times);
  return draw;
}

}  // namespace

bool Alone::fails(const plan::Draw& draw, unsigned block) const {
  const nlohmann::json line = run_(draw, block);
  if (sought_.starved) return line.value("status", "") == "ok" && is_starved(line);
  return !failure_of(line).empty() && failure_kind(line) == sought_.kind;
}

unsigned Alone::failing(const plan::Draw& draw) const {
  unsigned n = 0;
  for (unsigned block = 0; block < tries; ++block) n += fails(draw, block) ? 1 : 0;
  return n;
}

bool Alone::ever_fails(const plan::Draw& draw) const {
  for (unsigned block = 0; block < tries; ++block) {
    if (fails(draw, block)) return true;
  }
  return false;
}

// What fails once in so many operations needs more of them.
bool Alone::find_longer(plan::Draw& draw) const {
  for (const std::uint64_t times : {8u, 64u}) {
    const plan::Draw candidate = longer(draw, times);
    if (candidate.point.time_ns == draw.point.time_ns || !ever_fails(candidate)) continue;
    draw = candidate;
    return true;
  }
  return false;
}

Found Alone::look_into(const plan::Draw& failed, const std::function<bool()>& enough) const {
  Found found{failed, 0, tries};
  plan::Draw best = failed;
  // Whatever hangs hangs after a shorter time as well, unless its operations are long.
  const std::uint64_t deadline_ns = best.point.deadline_ns;
  const bool shorten = sought_.hung && deadline_ns == plan::Point{}.deadline_ns;
  if (shorten) best.point.deadline_ns = short_deadline_ns;
  const auto as_printed = [&](plan::Draw draw) {
    if (shorten) draw.point.deadline_ns = deadline_ns;
    return draw;
  };
  if (sought_.starved) best.point.time_ns = std::max(best.point.time_ns, second);
  const unsigned again = failing(best);
  found.shown = again;
  found.whole = again > 0 || !enough();
  if (enough() || (sought_.starved && again < tries)) return found;
  if (again == 0) {
    if (!find_longer(best)) return found;
    found = {as_printed(best), 1, tries};
  }
  const std::uint64_t until = monotonic_ns() + patience_ns;
  best = plan::shrink(best, workload_, [&](const plan::Draw& candidate) {
    if (enough() || monotonic_ns() > until || refuses_(candidate)) return false;
    if (sought_.starved) return candidate.point.time_ns >= second && failing(candidate) == tries;
    return ever_fails(candidate);
  });
  unsigned shown = failing(best);
  for (unsigned i = 0; i < 2 && shown < 2 && best.point.time_ns < longest_ns && !enough(); ++i) {
    best = longer(best, 4);
    shown = failing(best);
  }
  if (enough() && shown < found.shown) return found;
  return {as_printed(best), shown, tries};
}

}  // namespace fairground::cli
