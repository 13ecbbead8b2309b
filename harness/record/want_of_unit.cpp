#include "record/want_of_unit.hpp"

#include <algorithm>
#include <optional>

#include "base/relaxed.hpp"
#include "trial/task_figures.hpp"

namespace fairground::record {

namespace {

using std::optional;

// Operations a nanosecond in the time that is in none of its gaps, which are of 1 ms or more. Null: there is next to
// none.
std::optional<double> going_rate(const Contender& c, std::uint64_t window_ns) {
  const auto window = static_cast<std::int64_t>(window_ns);
  std::int64_t going_ns = window;
  for (const stats::Span& span : c.spans) {
    going_ns -= std::max<std::int64_t>(0, std::min(span.end_ns, window) - std::max<std::int64_t>(span.begin_ns, 0));
  }
  if (going_ns < window / 20) return std::nullopt;
  return c.x / static_cast<double>(going_ns);
}

// In what it lacks a worker stood still, each time by the scheduler's doing, and else it went as the others do.
bool stood_for_want_of_a_unit(const std::vector<Contender>& workers, const Fairness& fairness, std::size_t i) {
  if (fairness.episodes.empty() || fairness.episodes[i].by_resource > 0) return false;
  const optional<double> own = going_rate(workers[i], fairness.window_ns);
  double others = 0;
  for (const Contender& c : workers) others = std::max(others, going_rate(c, fairness.window_ns).value_or(0));
  return !own || *own > others / 10;
}

}  // namespace

bool wanted_a_unit(const std::vector<Contender>& workers, const Fairness& fairness, const trial::Result& result,
                   std::size_t i) {
  const std::uint64_t to_work_ns = minus(result.window_ns, result.paused_ns);
  std::vector<trial::UnitTime> times;
  for (const trial::WorkerResult& w : result.workers) times.push_back({w.run_delay_ns, w.user_ns + w.system_ns});
  return trial::hardly_had_a_unit(times, i, to_work_ns) ||
         (trial::lacked_units(times[i], to_work_ns) && stood_for_want_of_a_unit(workers, fairness, i));
}

}  // namespace fairground::record
