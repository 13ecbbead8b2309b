#include "cli/stress_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "base/random.hpp"
#include "machine/health.hpp"
#include "machine/pinning.hpp"

namespace fairground::cli {

std::string trial_label(const plan::Draw& d) {
  std::string text = fmt::format("{} ×{}", d.point.workload, d.point.workers);
  if (d.point.as_processes) text += " processes";
  if (d.point.stutter_ns > 0) text += ", stutter";
  if (d.point.shuffle_ns > 0) text += ", shuffle";
  return text;
}

StressWatch::Most most_of(const StressPlan& p) {
  return {p.memory_bytes, p.processes, p.limits.disk_bytes.value, std::filesystem::absolute(p.folder)};
}

namespace {

bool was_killed(const trial::Result& r) {
  return r.status == "crashed" && ((r.failure && r.failure->signal == SIGKILL) ||
                                   std::ranges::any_of(r.companions, [](const auto& c) { return was_killed(c); }));
}

// Not to blame for its end: unsupported, unless it had done wrong by then.
void excuse(trial::Result& result, const std::string& why) {
  std::erase_if(result.findings, [](const trial::Finding& f) { return f.kind == "crash"; });
  const auto wrong = std::ranges::find_if(result.findings, [](const auto& f) { return f.certain && !f.expected; });
  result.status = wrong == result.findings.end() ? "unsupported" : "failed";
  result.reason = wrong == result.findings.end() ? why : wrong->text;
  result.failure.reset();
}

}  // namespace

trial::Spec StressTrials::spec(const plan::Draw& draw, const plan::WorkloadInfo& info, unsigned block) const {
  trial::Spec spec;
  spec.workload = info;
  spec.point = draw.point;
  spec.seed = hash_of(draw.seed, block, 0, 0);  // as `run --seed` has it
  spec.scratch_parent = std::filesystem::absolute(plan_.folder).string();
  spec.places = machine::pinned(machine::plan(plan_.machine, draw.point.pin, draw.point.workers).places);
  spec.shuffled_among = machine::units_among(plan_.machine, spec.places);
  return spec;
}

trial::Result StressTrials::run(unsigned job, trial::Spec spec, const trial::OnSample& on_sample) const {
  std::vector<trial::Spec*> parties{&spec};
  for (trial::Spec& companion : spec.companions) parties.push_back(&companion);
  std::vector<StressWatch::Place*> places;
  for (trial::Spec* party : parties) {
    places.push_back(&watch_.begin(job + static_cast<unsigned>(places.size()), party->workload.has("files")));
    party->warden = &places.back()->warden;
  }
  const auto is_over = [](const StressWatch::Place* place) { return place->over.load(); };
  const auto kills = machine::oom_kills(root_);
  trial::Result result =
      attempt(runner_, spec, on_sample, [&] { return interrupted_() || std::ranges::any_of(places, is_over); });
  std::string why;
  for (unsigned i = 0; i < places.size(); ++i) {
    const std::string of_this = watch_.end(job + i);
    if (why.empty()) why = of_this;
  }
  if (interrupted_()) return result;
  if (result.status == "interrupted" && !why.empty()) excuse(result, why);
  if (was_killed(result) && machine::growth(kills, machine::oom_kills(root_)).value_or(0) > 0)
    excuse(result, "the kernel ended it for want of memory");
  if (result.refused == trial::Refused::by_workload && result.status == "failed") excuse(result, result.reason);
  return result;
}

bool StressTrials::is_quick(unsigned job, const trial::Spec& spec) const {
  const trial::Result result = run(job, spec, nullptr);
  return result.status != "hung" && result.refused != trial::Refused::by_machine && !watch_.was_over(job);
}

nlohmann::json StressTrials::line(const trial::Spec& spec, const trial::Result& result,
                                  record::TrialContext context) const {
  const std::size_t units = machine::units_of(spec.places).size();
  context.oversubscribed = spec.point.workers > (units == 0 ? plan_.machine.units.size() : units);
  context.control = record::control_figures(spec, result, context.oversubscribed);
  return record::trial_line(spec, result, context);
}

}  // namespace fairground::cli
