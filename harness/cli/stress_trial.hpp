// One trial of a stress run: from a draw to what the runner is told, and to the line of the record.
#pragma once

#include <filesystem>
#include <functional>

#include "cli/session.hpp"
#include "cli/stress_plan.hpp"
#include "cli/stress_watch.hpp"
#include "record/lines.hpp"

namespace fairground::cli {

// "mutex ×8 processes, stutter": what the screen calls a draw.
std::string trial_label(const plan::Draw&);

// What all trials of the run may take.
StressWatch::Most most_of(const StressPlan&);

// All functions may be called from several threads.
class StressTrials {
 public:
  // `root`: where proc and sys are looked for, to tell what the kernel ends for want of memory.
  StressTrials(const StressPlan& plan, const TrialRunner& runner, StressWatch& watch,
               const std::function<bool()>& interrupted, std::filesystem::path root = "/")
      : plan_(plan), runner_(runner), watch_(watch), interrupted_(interrupted), root_(std::move(root)) {}

  // `block`: as in a run of the draw's seed, whose block has the same trial.
  [[nodiscard]] trial::Spec spec(const plan::Draw&, const plan::WorkloadInfo&, unsigned block) const;
  // Under the watch of this job's place and, for its companions, of the next ones. Unsupported, with the reason, if it
  // was ended because it took more than it may, if the kernel ended it for want of memory, and if its workload refused
  // the values; but what was found wrong before that stays a failure.
  trial::Result run(unsigned job, trial::Spec, const trial::OnSample&) const;
  // Does a trial of it end well enough to say that its operations don't outlast it? Whatever else is wrong with it is
  // for the draws to find.
  [[nodiscard]] bool is_quick(unsigned job, const trial::Spec&) const;
  [[nodiscard]] nlohmann::json line(const trial::Spec&, const trial::Result&, record::TrialContext) const;

 private:
  const StressPlan& plan_;
  const TrialRunner& runner_;
  StressWatch& watch_;
  const std::function<bool()>& interrupted_;
  std::filesystem::path root_;
};

}  // namespace fairground::cli
