#include "cli/stress_trial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/random.hpp"
#include "machine/pinning.hpp"

namespace fairground::cli {

std::string trial_label(const plan::Draw& d) {
  std::string text = fmt::format("{} ×{}", d.point.workload, d.point.workers);
  if (d.point.as_processes) text += " processes";
  if (d.point.stutter_ns > 0) text += ", stutter";
  if (d.point.shuffle_ns > 0) text += ", shuffle";
  return text;
}

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
  StressWatch::Place& place = watch_.begin(job);
  spec.warden = &place.warden;
  trial::Result result = attempt(runner_, spec, on_sample, [&] { return interrupted_() || place.over.load(); });
  if (const std::string why = watch_.end(job); !why.empty() && !interrupted_()) {
    result.status = "unsupported";
    result.reason = why;
  }
  return result;
}

nlohmann::json StressTrials::line(const trial::Spec& spec, const trial::Result& result,
                                  record::TrialContext context) const {
  const std::size_t units = machine::units_of(spec.places).size();
  context.oversubscribed = spec.point.workers > (units == 0 ? plan_.machine.units.size() : units);
  context.control = record::control_figures(spec, result, context.oversubscribed);
  return record::trial_line(spec, result, context);
}

}  // namespace fairground::cli
