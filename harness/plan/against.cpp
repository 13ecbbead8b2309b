#include "plan/against.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"
#include "stats/metrics.hpp"

namespace fairground::plan {
namespace {

using nlohmann::json;

constexpr double drawing_ends = 0.35, climbing_ends = 0.85;  // parts of the time
constexpr unsigned few_blocks = 5;
constexpr unsigned final_blocks = 10, fewest_final_blocks = 6;  // below six a median has no interval
constexpr std::size_t finalists = 3;

struct Tried {
  Companion companion;
  double kept = 1;  // median of its ratios
};

class Search {
 public:
  Search(const AgainstOptions& options, const MeasureCompanion& measure, const std::function<double()>& spent)
      : o_(options), measure_(measure), spent_(spent) {}

  AgainstResult run() {
    draw_some();
    std::optional<Tried> worst = worst_of_the_best();
    if (worst) climb(*worst);
    if (worst) {
      result_.ratios = measure_(worst->companion, spent_() < 1 ? final_blocks : fewest_final_blocks);
      if (!result_.ratios.empty()) result_.worst = worst->companion;
    }
    return std::move(result_);
  }

 private:
  void draw_some() {
    for (std::uint64_t k = 0; spent_() < drawing_ends; ++k) {
      const std::uint64_t n = o_.neighbours.size();
      const Companion c = k < n ? defaults_of(o_.neighbours[k]) : drawn(k - n);
      ++result_.drawn;
      if (const std::optional<double> kept = median_of(c, 1)) tried_.push_back({c, *kept});
    }
  }

  [[nodiscard]] Companion defaults_of(const WorkloadInfo& w) const {
    Companion c;
    c.workload = w.id;
    c.parameters = w.defaults();
    c.workers = std::min(o_.workers, o_.bounds.workers);
    while (c.workers > 1 && !keeps_to(o_.bounds, w, c.parameters, c.workers)) --c.workers;
    c.pin = o_.bounds.pins.front();
    return named(std::move(c));
  }

  [[nodiscard]] Companion drawn(std::uint64_t k) const {
    const Point point = draw(o_.neighbours, o_.bounds, o_.seed, k).point;
    Companion c;
    c.workload = point.workload;
    c.parameters = point.parameters;
    c.workers = point.workers;
    c.as_processes = point.as_processes;
    c.pin = point.pin;
    return named(std::move(c));
  }

  [[nodiscard]] Companion named(Companion c) const {
    c.text = companion_text(c, find(o_.neighbours, c.workload));
    return c;
  }

  std::optional<double> median_of(const Companion& c, unsigned blocks) {
    seen_.insert(c.text);
    std::vector<double> ratios = measure_(c, blocks);
    if (ratios.empty()) return std::nullopt;
    return stats::median_interval(std::move(ratios)).median;
  }

  // One block is one throw of the dice: those that came out worst in it are looked at again.
  std::optional<Tried> worst_of_the_best() {
    std::ranges::stable_sort(tried_, {}, &Tried::kept);
    std::optional<Tried> worst;
    for (std::size_t i = 0; i < std::min(finalists, tried_.size()) && (!worst || spent_() < climbing_ends); ++i) {
      const std::optional<double> kept = median_of(tried_[i].companion, few_blocks);
      if (kept && (!worst || *kept < worst->kept)) worst = Tried{tried_[i].companion, *kept};
    }
    return worst;
  }

  void climb(Tried& at) {
    Random random(hash_of(o_.seed, 1));
    for (bool moved = true; moved && spent_() < climbing_ends;) {
      moved = false;
      std::vector<Companion> steps = steps_from(at.companion);
      shuffle(steps, random);
      for (const Companion& step : steps) {
        if (spent_() >= climbing_ends) return;
        if (seen_.count(step.text) > 0) continue;
        ++result_.climbed;
        const std::optional<double> kept = median_of(step, few_blocks);
        if (!kept || *kept >= at.kept) continue;
        at = {step, *kept};
        moved = true;
        break;
      }
    }
  }

  // All that differ from it in one thing, and keep to the bounds.
  [[nodiscard]] std::vector<Companion> steps_from(const Companion& c) const {
    const WorkloadInfo& w = find(o_.neighbours, c.workload);
    std::vector<Companion> out;
    const auto add = [&](auto&& change) {
      Companion other = c;
      change(other);
      other = named(std::move(other));
      if (other.text != c.text && keeps_to(o_.bounds, w, other.parameters, other.workers))
        out.push_back(std::move(other));
    };
    for (const ParameterInfo& p : w.parameters) {
      for (const json& value : other_values(w, p, c)) add([&](Companion& other) { other.parameters[p.key] = value; });
    }
    for (const unsigned workers : {c.workers / 2, c.workers * 2}) {
      if (workers > 0) add([&](Companion& other) { other.workers = workers; });
    }
    for (const std::string& pin : o_.bounds.pins) add([&](Companion& other) { other.pin = pin; });
    return out;
  }

  [[nodiscard]] std::vector<json> other_values(const WorkloadInfo& w, const ParameterInfo& p,
                                               const Companion& c) const {
    const json& now = c.parameters.at(p.key);
    if (p.type == ParameterType::boolean) return {json(!now.get<bool>())};
    if (p.type == ParameterType::choice) return {p.choices.begin(), p.choices.end()};
    if (!is_number(p.type)) return {};
    const double most = most_within(o_.bounds, w, p, c.parameters, c.workers);
    std::vector<json> out;
    for (const double factor : {0.125, 0.5, 2.0, 8.0}) {
      const double value = std::clamp(now.get<double>() * factor, p.minimum, std::max(most, p.minimum));
      out.push_back(p.type == ParameterType::ratio ? json(value) : json(static_cast<std::int64_t>(value)));
    }
    return out;
  }

  const AgainstOptions& o_;
  const MeasureCompanion& measure_;
  const std::function<double()>& spent_;
  std::vector<Tried> tried_;
  std::set<std::string> seen_;
  AgainstResult result_;
};

}  // namespace

AgainstResult search_against(const AgainstOptions& options, const MeasureCompanion& measure,
                             const std::function<double()>& spent) {
  return Search(options, measure, spent).run();
}

std::string companion_text(const Companion& c, const WorkloadInfo& workload) {
  std::string text = fmt::format("{}:workers={},pin={}", c.workload, c.workers, c.pin);
  if (c.as_processes) text += ",as=processes";
  for (const ParameterInfo& p : workload.parameters) {
    const json& value = c.parameters.at(p.key);
    if (value != p.default_value) text += fmt::format(",{}={}", p.key, format_value(p, value));
  }
  return text;
}

}  // namespace fairground::plan
