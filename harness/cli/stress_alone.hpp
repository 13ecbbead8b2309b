// A draw that failed beside others, run again alone: does it fail there, and what is the smallest draw that does?
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "plan/draw.hpp"

namespace fairground::cli {

struct Found {
  plan::Draw draw;                // the smallest that failed; the one that was given, if none did
  unsigned shown = 0, tried = 0;  // trials of it, without stutter and shuffle, that failed
};

class Alone {
 public:
  // Runs one trial of a draw; `block` 0, 1, 2 are the trials that `fairground run` makes of it. The line of the record.
  using RunOne = std::function<nlohmann::json(const plan::Draw&, unsigned block)>;

  // hung: what is looked for is a hang, so that the deadline is shortened meanwhile. starved: it is starvation, in
  // windows of a second at least.
  Alone(const plan::WorkloadInfo& workload, bool hung, bool starved, RunOne run)
      : workload_(workload), hung_(hung), starved_(starved), run_(std::move(run)) {}

  // Three trials as it was. If none fails: longer ones, with more to do. Once one fails: shrink it, for a minute and a
  // half at most, a candidate counting if it fails in one of up to three trials. Then three trials of what is left,
  // made longer while fewer than two of them fail.
  [[nodiscard]] Found look_into(const plan::Draw&, const std::function<bool()>& interrupted) const;

 private:
  [[nodiscard]] bool fails(const plan::Draw&, unsigned block) const;
  [[nodiscard]] unsigned failing(const plan::Draw&) const;  // of three
  [[nodiscard]] bool ever_fails(const plan::Draw&) const;   // in up to three
  [[nodiscard]] bool find_longer(plan::Draw&) const;

  const plan::WorkloadInfo& workload_;
  bool hung_, starved_;
  RunOne run_;
};

}  // namespace fairground::cli
