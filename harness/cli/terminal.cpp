#include "cli/terminal.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/clock.hpp"

namespace fairground::cli {
namespace {

constexpr std::uint64_t redraw_every_ns = 250'000'000;

// What a reader should know while the run goes on; the rest waits for the summary.
constexpr std::array<std::string_view, 4> urgent{"oversubscribed", "plugin-not-loaded", "debug-build",
                                                 "sanitized-build"};

}  // namespace

std::string time_of_day() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
  return text.data();
}

void Terminal::begin(const RunFacts& run) {
  run_ = run;
  begun_ns_ = monotonic_ns();
  if (!quiet_) screen_.print(begin_line(run, screen_.style()));
}

void Terminal::warning(const WarningText& warning) {
  if (!told_.insert(warning.code).second) return;
  codes_.push_back(warning.code);
  const bool shown = !screen_.style().terminal || std::find(urgent.begin(), urgent.end(), warning.code) != urgent.end();
  if (!quiet_ && shown) screen_.print(warning_line(warning, screen_.style()));
}

void Terminal::trial_begins(const TrialFacts& trial) {
  trial_ = trial;
  trial_begun_ns_ = monotonic_ns();
  view_ = {};
  view_.block = trial.block;
  view_.blocks = run_.blocks;
  view_.trial = trial.trial;
  view_.trials = run_.trials;
  view_.label = trial.label;
  view_.group = trial.group;
  view_.note = trial.note;
  draw();
}

void Terminal::sample(const trial::Sample& sample) {
  if (quiet_ || !screen_.style().terminal || monotonic_ns() - drawn_ns_ < redraw_every_ns) return;
  view_.sample = sample;
  view_.prefix = trial_.team || sample.contenders.size() != trial_.workers ? 'c' : 'w';
  draw();
}

void Terminal::draw() {
  if (quiet_ || !screen_.style().terminal) return;
  drawn_ns_ = monotonic_ns();
  const std::uint64_t in_trial = std::min(drawn_ns_ - trial_begun_ns_, trial_.planned_ns);
  const auto planned = static_cast<double>(std::max<std::uint64_t>(run_.planned_ns, 1));
  view_.done_ratio = static_cast<double>(planned_done_ns_ + in_trial) / planned;
  // Trials take longer than their windows; by how much shows in those that have ended.
  const double slower =
      planned_done_ns_ > 0 ? static_cast<double>(spent_ns_) / static_cast<double>(planned_done_ns_) : 1.0;
  view_.left_ns = static_cast<std::uint64_t>(std::max(0.0, (1 - view_.done_ratio) * planned * slower));
  screen_.draw(live_lines(view_, screen_.style()));
}

void Terminal::trial_ends(const nlohmann::json& line) {
  planned_done_ns_ += trial_.planned_ns;
  spent_ns_ += monotonic_ns() - trial_begun_ns_;
  const std::string status = line.value("status", "?");
  // On a terminal a trial that went well leaves no line behind.
  const bool shown = !screen_.style().terminal || (status != "ok" && status != "interrupted");
  if (!quiet_ && shown) screen_.print(trial_line(run_, trial_, line, time_of_day(), screen_.style()));
}

void Terminal::end(const RunEnd& end) {
  screen_.clear();
  screen_.print(end_lines(run_, end, screen_.style()));
}

}  // namespace fairground::cli
