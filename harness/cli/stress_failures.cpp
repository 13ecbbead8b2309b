#include "cli/stress_failures.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/stress_tally.hpp"
#include "cli/stress_trial.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

constexpr unsigned most_looks = 3;  // at failures that are alike, while none is seen again
constexpr unsigned settled = UINT32_MAX;

std::optional<Failure> failure_from(const Ready& one, const json& line) {
  const std::string why = failure_of(line);
  const bool starved = why.empty() && line.value("status", "") == "ok" && is_starved(line);
  if (why.empty() && !starved) return std::nullopt;
  return Failure{one, line.at("trial").get<unsigned>(),
                 Sought{failure_kind(line), line.value("status", "") == "hung", starved}, failure_key(line),
                 starved ? "starvation, though the workload promises fairness" : why};
}

record::Reproduction reproduction_of(const json& line) {
  return {line.value("trial", 0u),   line.value("draw", std::uint64_t{0}),
          line.value("command", ""), line.value("shown", 0u),
          line.value("tried", 0u),   line.value("what", "")};
}

}  // namespace

std::string StressFailures::note(const Ready& one, const json& line) {
  std::optional<Failure> failure = failure_from(one, line);
  if (!failure) return "";
  std::string why = failure->sought.starved ? "" : failure->why;
  const bool queued = std::ranges::find(queue_, failure->key, &Failure::key) != queue_.end();
  if (!queued && looked_into_[failure->key] < most_looks) queue_.push_back(std::move(*failure));
  return why;
}

Failure StressFailures::take() {
  Failure failure = std::move(queue_.front());
  queue_.pop_front();
  ++looked_into_[failure.key];
  return failure;
}

std::optional<record::Reproduction> StressFailures::conclude(const Failure& failure, const Found& found,
                                                             const std::vector<std::string>& plugins) {
  if (failure.sought.starved && found.shown < found.tried) return std::nullopt;  // it was the scheduler's
  if (found.shown > 0) looked_into_[failure.key] = settled;
  record::Reproduction r;
  r.trial = failure.trial;
  r.draw = failure.what.k;
  r.what = fmt::format("{}: {}", failure.what.info->id, failure.why);
  r.command = plan::run_line(found.draw, *failure.what.info, plugins);
  r.shown = found.shown;
  r.tried = found.tried;
  reproductions_.push_back(r);
  return r;
}

std::vector<std::string> StressFailures::recall(const StressPlan& plan) {
  std::map<unsigned, const json*> trials;
  std::vector<std::string> starved;
  for (const json& line : plan.earlier->lines) {
    const std::string kind = line.value("record", "");
    if (kind == "trial") trials[line.value("trial", 0u)] = &line;
    if (kind != "reproduction") continue;
    reproductions_.push_back(reproduction_of(line));
    const auto of = trials.find(reproductions_.back().trial);
    if (of == trials.end()) continue;
    unsigned& looks = looked_into_[failure_key(*of->second)];
    looks = reproductions_.back().shown > 0 ? settled : looks + 1;
    if (failure_of(*of->second).empty()) starved.push_back(of->second->value("workload", ""));
  }
  for (const auto& [number, line] : trials) {
    if (line->value("role", "") != "measured" || !line->contains("draw")) continue;
    const bool done = std::ranges::find(reproductions_, number, &record::Reproduction::trial) != reproductions_.end();
    if (done) continue;
    if (const std::optional<Ready> one = draw_of(plan, *line)) note(*one, *line);
  }
  return starved;
}

std::vector<std::string> StressFailures::not_looked_into() const {
  std::vector<std::string> all;
  const auto add = [&](const Failure& f) {
    all.push_back(fmt::format("draw {} {}: {}", f.what.k, trial_label(f.what.draw), f.why));
  };
  std::ranges::for_each(given_up_, add);
  std::ranges::for_each(queue_, add);
  return all;
}

}  // namespace fairground::cli
