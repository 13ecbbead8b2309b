// A draw that failed beside others, run again alone: does it fail there, and what is the smallest draw that does?
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "plan/draw.hpp"

namespace fairground::cli {

// The failure that is looked for: another one than that is none.
struct Sought {
  std::string kind;      // failure_kind of its line
  bool hung = false;     // the deadline is shortened meanwhile
  bool starved = false;  // in windows of a second at least
};

struct Found {
  plan::Draw draw;                // the smallest that failed; the one that was given, if none did
  unsigned shown = 0, tried = 0;  // trials of it that failed
  bool whole = true;              // false: it was ended before anything was known
};

class Alone {
 public:
  // Runs one trial of a draw; `block` 0, 1, 2 are the trials that `fairground run` makes of it. The line of the record.
  using RunOne = std::function<nlohmann::json(const plan::Draw&, unsigned block)>;

  // Does the workload refuse these values? They are not tried then.
  using Refuses = std::function<bool(const plan::Draw&)>;

  Alone(const plan::WorkloadInfo& workload, Sought sought, RunOne run, Refuses refuses)
      : workload_(workload), sought_(std::move(sought)), run_(std::move(run)), refuses_(std::move(refuses)) {}

  // Three trials as it was. If none fails: longer ones, with more to do. Once one fails: shrink it, for a minute and a
  // half at most, a candidate counting if it fails in one of up to three trials. Then three trials of what is left,
  // made longer while fewer than two of them fail. Ends with what is known by then once `enough` is true, which is to
  // end the trial that runs then, too.
  [[nodiscard]] Found look_into(const plan::Draw&, const std::function<bool()>& enough) const;

 private:
  [[nodiscard]] bool fails(const plan::Draw&, unsigned block) const;
  [[nodiscard]] unsigned failing(const plan::Draw&) const;  // of three
  [[nodiscard]] bool ever_fails(const plan::Draw&) const;   // in up to three
  [[nodiscard]] bool find_longer(plan::Draw&) const;

  const plan::WorkloadInfo& workload_;
  Sought sought_;
  RunOne run_;
  Refuses refuses_;
};

}  // namespace fairground::cli
