#include "cli/stress_draws.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "plan/options.hpp"

namespace fairground::cli {
namespace {

constexpr unsigned most_attempts = 8;  // at a draw whose workload refuses the values

Ready attempt_at(const StressPlan& plan, std::uint64_t k, unsigned attempt) {
  Ready one{k, plan::draw(plan.workloads, plan.bounds, plan.seed, k, attempt), nullptr, ""};
  one.info = &plan::find(plan.workloads, one.draw.point.workload);
  return one;
}

// One sentence for each point. Where there is no folder or descriptor to ask with, the trials will tell.
std::vector<std::string> sentences(const std::vector<plan::Point>& points,
                                   const std::vector<load::Library>& libraries) {
  try {
    return load::refusals(points, libraries);
  } catch (const SystemError&) {
    return std::vector<std::string>(points.size());
  }
}

}  // namespace

std::string refusal(const plan::Point& point, const std::vector<load::Library>& libraries) {
  return sentences({point}, libraries).front();
}

std::vector<Ready> StressDraws::next(std::size_t n) {
  std::vector<Ready> fresh;
  for (; fresh.size() < n; ++k_) {
    if (!finished_.contains(k_)) fresh.push_back(attempt_at(plan_, k_, 0));
  }
  std::vector<Ready*> open;
  for (Ready& one : fresh) open.push_back(&one);
  for (unsigned attempt = 0; attempt < most_attempts && !open.empty(); ++attempt) {
    std::vector<plan::Point> points;
    for (Ready* one : open) {
      if (attempt > 0) *one = attempt_at(plan_, one->k, attempt);
      points.push_back(one->draw.point);
    }
    const std::vector<std::string> refused = sentences(points, plan_.libraries);
    for (std::size_t i = 0; i < open.size(); ++i) open[i]->unsupported = refused[i];
    std::erase_if(open, [](const Ready* one) { return one->unsupported.empty(); });
  }
  for (const Ready& one : fresh) {
    for (const std::string& by : one.draw.held_back) ++held_back_[by];
  }
  return fresh;
}

std::optional<Ready> draw_of(const StressPlan& plan, const nlohmann::json& line) {
  const auto k = line.value("draw", std::uint64_t{0});
  for (unsigned attempt = 0; attempt < most_attempts; ++attempt) {
    Ready one = attempt_at(plan, k, attempt);
    if (hash_of(one.draw.seed, 0, 0, 0) != line.value("seed", std::uint64_t{0}) ||
        one.info->id != line.value("workload", ""))
      continue;
    one.draw.point.parameters = line.at("parameters");  // some may have been kept in reach
    return one;
  }
  return std::nullopt;
}

}  // namespace fairground::cli
