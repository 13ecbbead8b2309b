// The supervisor's side of a trial: launch, warm-up, window, stop, and the deadlines of all of it.
#include <sys/time.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include "base/affinity.hpp"
#include "base/files.hpp"
#include "base/realtime.hpp"
#include "base/relaxed.hpp"
#include "base/text.hpp"
#include "trial/body.hpp"
#include "trial/disturb.hpp"
#include "trial/environment.hpp"
#include "trial/probe.hpp"
#include "trial/process.hpp"
#include "trial/read_probes.hpp"
#include "trial/spec.hpp"
#include "trial/task_figures.hpp"
#include "trial/verdict.hpp"
#include "trial/window.hpp"

namespace fairground::trial {

namespace {

constexpr std::uint64_t stop_every_ns = 1'000'000;  // lower the horizons so often until all have acknowledged the stop

double shared_ticks_per_ns(TickSource source) {
  static const double per_ns = calibrate_ticks_per_ns(source);
  return per_ns;
}

class Supervision {
 public:
  Supervision(const Spec& spec, const OnSample& on_sample, const std::function<bool()>& interrupted)
      : spec_(spec),
        on_sample_(on_sample),
        interrupted_(interrupted),
        source_(trusted_tick_source()),
        level_(plan::probe_level(spec.point.probes)),
        board_(Board::create(spec.workload.kind == "team" ? 1 : spec.point.workers, encode(spec, make_scratch()),
                             level_)) {
    Header& header = board_.header();
    header.tick_source = static_cast<std::uint32_t>(source_);
    header.ticks_per_ns = shared_ticks_per_ns(source_);
    header.stamping = std::getenv("FAIRGROUND_WITHOUT_STAMPS") == nullptr ? 1 : 0;  // for scripts/versus/loop
    for (const Spec& companion : spec.companions)
      companions_.push_back(std::make_unique<Supervision>(companion, nobody_looks_, interrupted));
    if (companions_.empty()) return;
    for (Supervision* one : everybody()) one->board_.header().held.store(1);
  }

  // Companions begin before and end after: they are there during the whole of the warm-up and of the window. Nobody
  // works before all are ready, for what a workload calibrates in `setup` would be calibrated under the others' load.
  Result run() {
    const bool up = std::ranges::all_of(companions_, [](const auto& c) { return c->come_up(); }) && come_up();
    const bool beside = up && std::ranges::all_of(companions_, [](const auto& c) { return c->begin(); });
    if (beside && begin() && warm_up()) measure();
    end();
    for (const auto& companion : companions_) companion->end();
    for (const auto& companion : companions_) {
      if (companion->process_) take_over(companion->spec_, std::move(companion->result_));
    }
    return std::move(result_);
  }

 private:
  // Launch, and come as far as it may without the others. False: it is over.
  bool come_up() {
    if (!be_realtime()) result_.warnings.emplace_back("no-realtime");
    if (source_ == TickSource::monotonic) result_.warnings.emplace_back("clock-monotonic");
    board_.header().launched_ns = monotonic_ns();
    process_.emplace(board_);
    if (spec_.warden != nullptr) spec_.warden->store(process_->warden());
    return reach([&] { return board_.header().held.load() != 1; });
  }

  // Go on to the warm-up. False: it is over.
  bool begin() {
    board_.header().held.store(0);
    futex_wake_all(board_.header().held);
    if (!reach([&] { return phase() >= Phase::warm_up; }) || failed()) return false;
    window_.emplace(board_, board_.header().contender_count.load(), source_, shared_ticks_per_ns(source_), level_);
    return true;
  }

  void end() {
    if (!process_) return;
    if (!over()) stop();
    finish();
  }

  // What became of a companion, as part of this trial.
  void take_over(const Spec& spec, Result companion) {
    if (result_.status == "ok" && companion.status != "ok") {
      result_.status = companion.status;
      result_.reason =
          spec.workload.id + " beside it: " + (companion.reason.empty() ? "it ended too early" : companion.reason);
    }
    result_.companions.push_back(std::move(companion));
  }

  [[nodiscard]] bool companion_lost() {
    return std::ranges::any_of(companions_,
                               [](const auto& c) { return c->over() || c->failed() || c->workers_left(); });
  }

  // An empty private folder for a workload that writes files; removed by the warden, and by us if that was killed.
  std::string make_scratch() {
    if (spec_.workload.has("files")) scratch_.emplace("fairground-scratch", spec_.scratch_parent);
    return scratch_ ? scratch_->path().string() : "";
  }

  [[nodiscard]] Phase phase() const { return static_cast<Phase>(board_.header().phase.load()); }
  [[nodiscard]] bool failed() const { return board_.header().outcome.taken.load() != 0; }

  // Is it over, for whatever reason? Notes an interruption.
  bool over() {
    if (!ending_.interrupted && interrupted_ && interrupted_()) ending_.interrupted = true;
    return ending_.interrupted || ending_.hung_in.has_value() || process_->ended();
  }

  // How many steps the workers have made, pinned, ready, left, finished. No more than there are, whatever a plugin
  // writes.
  [[nodiscard]] std::uint64_t workers_steps() const {
    const Header& header = board_.header();
    const std::uint64_t n = board_.workers();
    return std::min<std::uint64_t>(header.ready.load(), 2 * n) + std::min<std::uint64_t>(header.left.load(), n) +
           std::min<std::uint64_t>(header.finished.load(), n);
  }

  // Each phase of the body's has the point's deadline, from when we saw it begin, or saw another worker come further in
  // it: a thousand that go one by one take their time.
  void watch_deadline() {
    const Phase now = phase();
    const std::uint64_t steps = workers_steps();
    if (now != seen_phase_ || steps > seen_steps_) {
      seen_phase_ = now;
      seen_steps_ = std::max(steps, seen_steps_);
      phase_since_ns_ = monotonic_ns();
    } else if (const std::uint64_t waited = monotonic_ns() - phase_since_ns_;
               waited > spec_.point.deadline_ns && waited > spec_.point.deadline_ns + kept_waiting_ns(now)) {
      hang(now);
    }
  }

  // For how long at least a thread that a phase waits for was ready in it, but had no unit: that is the machine's
  // fault. A worker may wait for any other, who holds a lock. At most five deadlines.
  [[nodiscard]] std::uint64_t kept_waiting_ns(Phase in) const {
    const std::uint64_t before_ns = minus(phase_since_ns_, board_.header().launched_ns);
    const auto kept = [&](std::pair<std::int32_t, std::int32_t> thread) {
      return minus(read_task_figures(thread.first, thread.second, false).run_delay_ns.value_or(0), before_ns);
    };
    const int who = who_hangs(board_, in, spec_.point.deadline_ns);
    std::uint64_t longest = kept(awaited(who));
    for (std::uint32_t i = 0; who >= 0 && i < board_.workers(); ++i) {
      if (static_cast<Stage>(board_.slot(i).stage.load()) < Stage::left)
        longest = std::max(longest, kept(awaited(static_cast<int>(i))));
    }
    return std::min(longest, 5 * spec_.point.deadline_ns);
  }

  void hang(Phase in) {
    ending_.hung_in = in;
    ending_.hung_worker = who_hangs(board_, in, spec_.point.deadline_ns);
    const auto [pid, tid] = awaited(ending_.hung_worker);
    process_->question(pid, tid);
  }

  // Process and thread of a worker; of the control thread, if it is none.
  [[nodiscard]] std::pair<std::int32_t, std::int32_t> awaited(int worker) const {
    const std::int32_t body = board_.header().body_pid.load();
    if (worker < 0) return {body, body};
    const Slot& slot = board_.slot(static_cast<std::uint32_t>(worker));
    return {slot.pid.load(), slot.tid.load()};
  }

  template <class There>
  bool reach(There there) {
    phase_since_ns_ = monotonic_ns();
    while (!there() && !over() && !companion_lost()) {
      process_->wait(5'000'000);
      watch_deadline();
    }
    return there() && !over() && !companion_lost();
  }

  // ---- warm-up: until its time has passed and every contender has completed 2 operations, plus a random quarter ----

  bool warm_up() {
    const std::uint64_t begun = monotonic_ns();
    // Long enough for a FIFO lock's queue of 32 workers on 2 units to form twice (2.1 s seen), however short the
    // window.
    const std::uint64_t patience = std::max<std::uint64_t>(2'500'000'000u, 2 * spec_.point.time_ns);
    const std::uint64_t latest = begun + spec_.point.warmup_ns + std::min(patience, spec_.point.deadline_ns);
    phase_since_ns_ = begun;
    if (spec_.promises_fairness()) before_ = figures();
    while (true) {
      tick("warm-up", begun, spec_.point.warmup_ns);
      if (lost() || workers_left()) return false;
      const std::uint64_t now = monotonic_ns();
      if (now - begun < spec_.point.warmup_ns) continue;
      if (all_began() && std::ranges::all_of(companions_, [](const auto& c) { return c->all_began(); })) break;
      if (now > latest) {
        open_anyway();
        for (const auto& companion : companions_) companion->open_anyway();
        break;
      }
    }
    std::minstd_rand random(static_cast<unsigned>(spec_.seed ^ (spec_.seed >> 32)) | 1u);
    const double quarter = std::uniform_real_distribution<double>(0.0, 0.25)(random);
    const auto extra = static_cast<std::uint64_t>(static_cast<double>(monotonic_ns() - begun) * quarter);
    const std::uint64_t until = monotonic_ns() + std::min<std::uint64_t>(extra, 1'000'000'000u);
    while (monotonic_ns() < until && !lost()) tick("warm-up", begun, spec_.point.warmup_ns);
    return !lost();
  }

  // Nothing can be measured any more.
  bool lost() { return over() || failed() || companion_lost(); }

  // Has every contender completed 2 operations?
  [[nodiscard]] bool all_began() const {
    return std::ranges::all_of(window_->completed(), [](std::uint64_t x) { return x >= 2; });
  }

  // A contender that never got to run while others did is a finding; if all are slow, it is only said.
  void open_anyway() {
    if (all_began()) return;
    const std::vector<std::uint64_t> done = window_->completed();
    result_.warnings.emplace_back("opening-deadline");
    double mean = 0;
    for (const std::uint64_t x : done) mean += static_cast<double>(x) / static_cast<double>(done.size());
    if (mean < 20) return;
    const bool promised = spec_.promises_fairness();
    const std::vector<bool> unasked = promised ? without_unit() : std::vector<bool>();
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (done[i] >= 2) continue;
      const bool excused = i < unasked.size() && unasked[i];
      Finding f{"starvation", true, excused || !promised, ""};
      f.text = "contender " + std::to_string(i) + " completed " + std::to_string(done[i]) +
               " operations before the window opened, the mean was " +
               std::to_string(static_cast<std::uint64_t>(mean)) + (excused ? "; it hardly had a unit to run on" : "");
      early_findings_.push_back(f);
    }
  }

  // Which of the workers hardly had a unit since the warm-up began? Of other contenders nobody knows.
  [[nodiscard]] std::vector<bool> without_unit() const {
    std::vector<bool> found(board_.workers());
    if (window_->own_contenders()) return found;
    const std::vector<TaskFigures> now = figures();
    const std::vector<std::uint64_t> done = window_->completed();
    std::vector<UnitTime> times;
    for (std::size_t i = 0; i < now.size(); ++i) {
      const TaskFigures f = now[i] - before_[i];
      times.push_back({run_delay_between(f, done[i] == 0), f.user_ns + f.system_ns});
    }
    for (std::size_t i = 0; i < now.size(); ++i)
      found[i] = hardly_had_a_unit(times, i, minus((now[i] - before_[i]).at_ns, disturb_.paused_ns()));
    return found;
  }

  // Sleep until the next sample is due, take it, show it.
  void tick(const char* phase_shown, std::uint64_t begun, std::uint64_t total) {
    const std::uint64_t due = last_sample_ns_ + spec_.sample_ns;
    for (std::uint64_t now = monotonic_ns(); now < std::min(due, tick_limit_ns_) && !process_->ended();
         now = monotonic_ns()) {
      process_->wait(std::min(due, tick_limit_ns_) - now);
      if (lost()) return;
    }
    if (monotonic_ns() < due) return;  // the window's end came first
    last_sample_ns_ = std::max(due, monotonic_ns() - spec_.sample_ns / 2);
    window_->sample();
    for (const auto& companion : companions_) {
      companion->process_->wait(0);
      companion->window_->sample();
    }
    disturb_.tick(monotonic_ns(), tick_limit_ns_);
    if (on_sample_) show(phase_shown, monotonic_ns() - begun, total);
  }

  void show(const char* phase_shown, std::uint64_t elapsed, std::uint64_t total) {
    const std::vector<std::uint64_t> done = window_->completed();
    shown_.phase = phase_shown;
    shown_.elapsed_ns = elapsed;
    shown_.total_ns = total;
    shown_.contenders.resize(done.size());
    for (std::size_t i = 0; i < done.size(); ++i) {
      Sample::Contender& c = shown_.contenders[i];
      if (c.units.empty() && i < spec_.places.size()) c.units = spec_.places[i];
      c.operations = done[i];
      c.standing_ns = window_->standing_ns(i);
      c.longest_gap_ns = window_->longest_gap_ns(i);
    }
    on_sample_(shown_);
  }

  [[nodiscard]] bool workers_left() const { return phase() > Phase::measure; }

  // ---- the window ----

  void measure() {
    const std::vector<Supervision*> all = everybody();
    for (Supervision* one : all) one->before_window();
    for (Supervision* one : all) one->open();
    const std::uint64_t end = window_->start_ns() + spec_.point.time_ns;
    tick_limit_ns_ = end;
    while (monotonic_ns() < end && !lost() && !workers_left()) {
      tick("measure", window_->start_ns(), spec_.point.time_ns);
    }
    for (Supervision* one : all) one->window_->close();
    for (Supervision* one : all) one->after_window();
  }

  // This trial and those beside it.
  std::vector<Supervision*> everybody() {
    std::vector<Supervision*> all{this};
    for (const auto& companion : companions_) all.push_back(companion.get());
    return all;
  }

  void before_window() {
    for (std::uint32_t i = 0; i < board_.workers(); ++i) {
      result_.workers.emplace_back().units_allowed = allowed_units(board_.slot(i).tid.load());
    }
    environment_ = Environment::read();
    spent_ns_ = trial_cpu_ns();
    paused_before_ns_ = disturb_.paused_ns();
    before_ = figures();
  }

  void open() {
    timeval now{};
    gettimeofday(&now, nullptr);
    window_->open(spec_.point.time_ns);
    result_.window_start_realtime_ns =
        static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(now.tv_usec) * 1'000u;
    enter(Phase::measure, Phase::warm_up);
  }

  void after_window() {
    const std::vector<TaskFigures> after = figures();
    result_.paused_ns = disturb_.paused_ns() - paused_before_ns_;
    result_.environment = environment_->since();
    result_.trial_cpu_ns = minus(trial_cpu_ns(), spent_ns_);
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const TaskFigures f = after[i] - before_[i];
      WorkerResult& w = result_.workers[i];
      w.user_ns = f.user_ns;
      w.system_ns = f.system_ns;
      const bool idle = !window_->own_contenders() && window_->completed()[i] == 0;
      w.run_delay_ns = spec_.workload.kind == "team" ? f.run_delay_ns : run_delay_between(f, idle);
      w.voluntary_switches = f.voluntary_switches;
      w.involuntary_switches = f.involuntary_switches;
      w.migrations = f.migrations;
    }
  }

  // Of the body, its helpers and what it has waited for; and of workers that are processes.
  std::uint64_t trial_cpu_ns() const {
    std::set<pid_t> processes{board_.header().body_pid.load()};
    for (std::uint32_t i = 0; i < board_.workers(); ++i) processes.insert(board_.slot(i).pid.load());
    std::uint64_t sum = 0;
    for (const pid_t pid : processes) sum += process_cpu_ns(pid);
    return sum;
  }

  std::vector<TaskFigures> figures() const {
    std::vector<TaskFigures> out;
    for (std::uint32_t i = 0; i < board_.workers(); ++i) {
      const Slot& slot = board_.slot(i);
      out.push_back(read_task_figures(slot.pid.load(), slot.tid.load(), spec_.workload.kind == "team"));
    }
    return out;
  }

  // A phase that the supervisor alone knows of; the body may be in a later one already.
  void enter(Phase phase, Phase from) {
    std::uint32_t expected = static_cast<std::uint32_t>(from);
    if (board_.header().phase.compare_exchange_strong(expected, static_cast<std::uint32_t>(phase))) {
      board_.header().phase_entered_ns[static_cast<std::size_t>(phase)].store(monotonic_ns());
    }
  }

  // ---- the end ----

  void stop() {
    enter(Phase::stop, Phase::measure);
    disturb_.end();
    board_.header().stop.store(1);
    futex_wake_all(board_.header().stop);
    phase_since_ns_ = monotonic_ns();
    while (!over()) {
      if (window_ && phase() < Phase::join) {
        window_->lower_horizons();
        window_->drain_gaps();
        process_->wait(stop_every_ns);
      } else {
        process_->wait(20'000'000);
      }
      watch_deadline();
    }
  }

  void believe_counts() {
    const std::optional<std::size_t> liar = window_->went_backwards();
    if (!liar) return;
    result_.warnings.emplace_back("counts-damaged");
    if (result_.status != "ok") return;
    result_.status = "failed";
    result_.reason = "the count of contender " + std::to_string(*liar) + " went backwards, so no count can be believed";
    result_.findings.push_back({"wrong-result", true, false, result_.reason});
  }

  void read_board() {
    if (window_) believe_counts();
    for (Finding& f : early_findings_) result_.findings.push_back(std::move(f));
    if (window_ && window_->is_open()) window_->write(result_, spec_);
    if (level_ > 0 && result_.window_ns > 0) result_.probes = read_probes(board_, *window_, source_);
    const auto warn = [&](bool holds, const char* code) {
      if (holds) result_.warnings.emplace_back(code);
    };
    const std::uint64_t time = spec_.point.time_ns;
    warn(result_.snapshot_ns > std::max<std::uint64_t>(20'000, time / 10'000), "snapshot-wide");
    warn(result_.lateness_ns > std::max<std::uint64_t>(1'000'000, time / 100), "window-late");
    warn(std::any_of(result_.workers.begin(), result_.workers.end(), [](const auto& w) { return !w.gap_delays_known; }),
         "no-schedstat");
  }

  void finish() {
    process_->end();
    if (spec_.warden != nullptr) spec_.warden->store(0);
    ending_.warden_status = process_->warden_status();
    result_.output = printable(process_->output(), true);
    judge(board_, spec_, ending_, result_);
    if (written_over(board_)) {  // not even what was read of it before
      result_.workers.clear();
      result_.warnings.emplace_back("counts-damaged");
    } else {
      read_board();
    }
    std::sort(result_.warnings.begin(), result_.warnings.end());
    result_.warnings.erase(std::unique(result_.warnings.begin(), result_.warnings.end()), result_.warnings.end());
  }

  const Spec& spec_;
  const OnSample& on_sample_;
  const std::function<bool()>& interrupted_;
  std::optional<PrivateFolder> scratch_;
  TickSource source_;
  std::uint32_t level_;
  Board board_;
  std::optional<Process> process_;
  std::optional<Window> window_;
  std::vector<std::unique_ptr<Supervision>> companions_;
  const OnSample nobody_looks_{};
  std::optional<Environment> environment_;  // at the window's start, like the next two
  std::uint64_t spent_ns_ = 0;
  std::vector<TaskFigures> before_;
  Disturb disturb_{board_, spec_};
  Ending ending_;
  Result result_;
  Sample shown_;
  std::vector<Finding> early_findings_;
  std::uint64_t paused_before_ns_ = 0;  // by the window's beginning
  Phase seen_phase_ = Phase::launch;
  std::uint64_t seen_steps_ = 0;
  std::uint64_t phase_since_ns_ = 0;
  std::uint64_t last_sample_ns_ = 0;
  std::uint64_t tick_limit_ns_ = UINT64_MAX;
};

}  // namespace

Result run(const Spec& spec, const OnSample& on_sample, const std::function<bool()>& interrupted) {
  return Supervision(spec, on_sample, interrupted).run();
}

}  // namespace fairground::trial
