// What a person sees of a run: on a terminal a screen redrawn four times a second, in a pipe a line per trial; at the
// end the same summary in both.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "cli/live.hpp"
#include "cli/screen.hpp"
#include "cli/tables.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {

class Terminal {
 public:
  // quiet: nothing but the summary.
  Terminal(Screen& screen, bool quiet) : screen_(screen), quiet_(quiet) {}

  void begin(const RunFacts&);
  // Each code is shown once. On a terminal those that tell of the run as such only; the summary names the others.
  void warning(const WarningText&);
  void trial_begins(const TrialFacts&);
  void sample(const trial::Sample&);
  void trial_ends(const nlohmann::json& line);
  void end(const RunEnd&);

  // The reader of the output went away (`| head`).
  [[nodiscard]] bool gone() const { return screen_.gone(); }
  [[nodiscard]] const std::vector<std::string>& warning_codes() const { return codes_; }

 private:
  void draw();

  Screen& screen_;
  bool quiet_;
  RunFacts run_;
  TrialFacts trial_;
  LiveView view_;
  std::uint64_t begun_ns_ = 0, drawn_ns_ = 0;
  std::uint64_t planned_done_ns_ = 0;  // of the trials that have ended
  std::uint64_t spent_ns_ = 0;         // on them
  std::uint64_t trial_begun_ns_ = 0;
  std::vector<std::string> codes_;
  std::set<std::string> told_;
};

// "19:31:04", local time.
std::string time_of_day();

}  // namespace fairground::cli
