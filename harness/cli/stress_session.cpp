#include "cli/stress_session.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/realtime.hpp"
#include "base/text.hpp"
#include "cli/labels.hpp"
#include "cli/stress_alone.hpp"
#include "cli/stress_health.hpp"
#include "cli/stress_reach.hpp"
#include "cli/stress_resume.hpp"
#include "cli/stress_screen.hpp"
#include "cli/stress_tally.hpp"
#include "cli/stress_trial.hpp"
#include "cli/stress_watch.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"
#include "record/lines.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::Draw;
using plan::WorkloadInfo;

constexpr std::uint64_t redraw_every_ns = 250'000'000, say_every_ns = 10'000'000'000;
constexpr unsigned most_attempts = 8;  // at a draw whose workload refuses the values
constexpr std::size_t draws_ahead = 16;
constexpr std::size_t failures_shown = 6;

// A draw that is ready to be run.
struct Ready {
  std::uint64_t k = 0;
  Draw draw;
  const WorkloadInfo* info = nullptr;
  std::string unsupported;
};

// A trial that failed, or in which somebody starved that should not, to be run again alone.
struct Failure {
  Ready what;
  unsigned trial = 0;
  bool starved = false;
  bool hung = false;
  std::string why;
};

class StressSession {
 public:
  StressSession(const StressPlan& plan, const TrialRunner& runner, Screen& screen,
                const std::function<bool()>& interrupted)
      : plan_(plan),
        screen_(screen),
        interrupted_([this, &interrupted] { return interrupted() || screen_.gone() || std::ferror(stdout) != 0; }),
        watch_(plan.jobs, plan.memory_bytes, plan.processes),
        trials_(plan, runner, watch_, interrupted_),
        writer_(plan.earlier ? record::Writer::resume(plan.folder, *plan.earlier, plan.json) : record::Writer(plan.folder, plan.json)),
        reaches_(plan.bounds),
        running_(plan.jobs) {}

  int run() {
    be_realtime();  // and the jobs with their first trial
    begun_ns_ = monotonic_ns();
    if (plan_.earlier) recall(*plan_.earlier);
    screen_.print(stress_begin_lines(plan_, screen_.style()));
    write_beginning();
    std::vector<std::thread> jobs;
    for (unsigned job = 0; job < plan_.jobs; ++job) jobs.emplace_back([this, job] { work(job); });
    supervise();
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    for (std::thread& job : jobs) job.join();
    if (error_) std::rethrow_exception(error_);
    while (!interrupted_() && !ended_early_ && look_into_next()) {
    }
    writer_.footer();
    screen_.clear();
    print_end();
    return exit_code();
  }

 private:
  // ---- the record ----

  // Waits for the disk, so nobody who holds the other lock calls this.
  void write_with_warnings(const json& line) {
    const std::lock_guard lock(writer_mutex_);
    writer_.write(line);
    for (const json& warning : record::warnings_of(line)) writer_.write(warning);
  }

  void write_beginning() {
    if (plan_.earlier) {
      json header = record::header_line(plan_.argv, plan_.run_id);
      header["resumed"] = true;
      return write_with_warnings(header);
    }
    std::set<std::string> used;
    for (const WorkloadInfo& w : plan_.workloads) used.insert(w.plugin);
    for (const json& line : record::opening_lines(plan_.argv, plan_.run_id, plan_.machine, plan_.libraries, used))
      write_with_warnings(line);
    write_with_warnings(stress_plan_line(plan_));
  }

  void recall(const record::StoredRun& run) {
    finished_ = finished_draws(run);
    for (const json& line : run.lines) {
      const std::string kind = line.value("record", "");
      if (kind == "trial") {
        next_trial_ = std::max(next_trial_, line.value("trial", 0u) + 1);
        if (line.value("role", "") == "measured") tally_.add(line);
      } else if (kind == "reproduction") {
        for (const json& other : run.lines) {
          if (other.value("record", "") == "trial" && other.value("trial", json()) == line.value("trial", json()))
            looked_into_.insert(failure_key(other));
        }
        shown_again_.push_back({line.value("trial", 0u), line.value("draw", std::uint64_t{0}),
                                line.value("command", ""), line.value("shown", 0u), line.value("tried", 0u),
                                line.value("what", "")});
      }
    }
  }

  // ---- draws ----

  // So many as are wanted; each configured by its workload in a child, and drawn again where that refuses it.
  void draw_ahead(std::size_t wanted) {
    std::vector<Ready> fresh;
    while (fresh.size() < wanted) {
      if (!finished_.contains(next_draw_)) fresh.push_back({next_draw_, {}, nullptr, ""});
      ++next_draw_;
    }
    std::vector<std::size_t> open(fresh.size());
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
    for (unsigned attempt = 0; attempt < most_attempts && !open.empty(); ++attempt) {
      std::vector<plan::Point> points;
      for (const std::size_t i : open) {
        fresh[i].draw = plan::draw(plan_.workloads, plan_.bounds, plan_.seed, fresh[i].k, attempt);
        fresh[i].info = &plan::find(plan_.workloads, fresh[i].draw.point.workload);
        points.push_back(fresh[i].draw.point);
      }
      const std::vector<std::string> refused = load::refusals(points, plan_.libraries);
      std::vector<std::size_t> left;
      for (std::size_t n = 0; n < open.size(); ++n) {
        fresh[open[n]].unsupported = refused[n];
        if (!refused[n].empty()) left.push_back(open[n]);
      }
      open = std::move(left);
    }
    const std::lock_guard lock(mutex_);
    for (Ready& one : fresh) {
      for (const std::string& by : one.draw.held_back) ++held_back_[by];
      ready_.push_back(std::move(one));
    }
    changed_.notify_all();
  }

  // Found out by whoever draws a workload first; the others wait.
  void keep_in_reach(unsigned job, Ready& one) {
    const std::lock_guard lock(reach_mutex_);
    const auto [reach, fresh] = reach_.try_emplace(one.info->id);
    if (fresh) {
      reach->second = reaches_.of(*one.info, [&](const plan::Point& point) {
        Draw draw;
        draw.point = point;
        const std::uint64_t begun = monotonic_ns();
        const trial::Result result = trials_.run(job, trials_.spec(draw, *one.info, 0), nullptr);
        // Whatever else is wrong with it is for the draws to find.
        return result.status != "hung" && !watch_.was_over(job) && monotonic_ns() - begun < 2'000'000'000u;
      });
      for (const auto& [key, most] : reach->second) {
        const auto& p = *std::ranges::find(one.info->parameters, key, &plan::ParameterInfo::key);
        const json value = p.type == plan::ParameterType::ratio ? json(most) : json(static_cast<std::int64_t>(most));
        bounded_[fmt::format("{} up to {}", key, plan::format_value(p, value))].push_back(one.info->id);
      }
    }
    keep_within(one.draw, *one.info, reach->second);
  }

  // ---- jobs ----

  void work(unsigned job) try {
    while (std::optional<Ready> one = take()) {
      run_draw(job, *one);
      const std::lock_guard lock(mutex_);
      --busy_;
      running_[job] = {};
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
    stop_ = true;
    --busy_;
    changed_.notify_all();
  }

  // The next draw; none at the end.
  std::optional<Ready> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stop_ || (!hold_ && !ready_.empty()); });
    if (stop_) return std::nullopt;
    Ready one = std::move(ready_.front());
    ready_.pop_front();
    ++busy_;
    return one;
  }

  void run_draw(unsigned job, Ready& one) {
    show_begin(job, one);
    if (one.unsupported.empty()) keep_in_reach(job, one);
    record::TrialContext context;
    context.draw = one.k;
    context.point = static_cast<unsigned>(one.k);
    {
      const std::lock_guard lock(mutex_);
      context.concurrent = busy_;
      context.trial = next_trial_++;
    }
    const trial::Spec spec = trials_.spec(one.draw, *one.info, 0);
    const trial::Result result = one.unsupported.empty()
                                     ? trials_.run(job, spec, [&](const trial::Sample& s) { show_sample(job, s); })
                                     : unsupported(one.unsupported);
    const json line = trials_.line(spec, result, context);
    write_with_warnings(line);
    const std::lock_guard lock(mutex_);
    tally_.add(line);
    note_failure(one, line);
  }

  // With the lock held.
  void note_failure(const Ready& one, const json& line) {
    std::string why = failure_of(line);
    const bool starved = why.empty() && line.value("status", "") == "ok" && is_starved(line);
    if (why.empty() && !starved) return;
    if (!starved) {
      told_.push_back(fmt::format("draw {} {}: {}", one.k, trial_label(one.draw), why));
      last_failures_.push_back(told_.back());
      if (last_failures_.size() > failures_shown) last_failures_.pop_front();
    }
    // One of a kind is enough to be looked into.
    if (!looked_into_.insert(failure_key(line)).second) return;
    failures_.push_back({one, line.at("trial").get<unsigned>(), starved, line.value("status", "") == "hung",
                         starved ? "starvation, though the workload promises fairness" : why});
    changed_.notify_all();
  }

  // ---- the main thread ----

  void supervise() {
    while (!interrupted_() && elapsed_ns() < plan_.for_ns) {
      {
        const std::lock_guard lock(mutex_);
        if (error_) return;
      }
      if (look_into_next()) {
        if (ended_early_) return;
        continue;
      }
      std::size_t ready = 0;
      {
        const std::lock_guard lock(mutex_);
        ready = ready_.size();
      }
      if (ready < draws_ahead) draw_ahead(2 * draws_ahead - ready);
      show();
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(100),
                        [&] { return !failures_.empty() || ready_.size() < draws_ahead / 2; });
    }
  }

  [[nodiscard]] std::uint64_t elapsed_ns() const { return plan_.spent_ns + monotonic_ns() - begun_ns_; }

  // Lets the jobs come to the end of their trials, and looks into a failure alone. False if there is none.
  bool look_into_next() {
    Failure failure;
    {
      std::unique_lock lock(mutex_);
      if (failures_.empty()) return false;
      failure = std::move(failures_.front());
      failures_.pop_front();
      hold_ = true;
    }
    doing_ = fmt::format("running {} again alone", failure.what.info->id);
    show();
    for (bool idle = false; !idle && !interrupted_();) {
      std::unique_lock lock(mutex_);
      idle = changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return busy_ == 0; });
      lock.unlock();
      show();
    }
    if (!interrupted_()) look_into(failure);
    doing_.clear();
    const std::lock_guard lock(mutex_);
    hold_ = false;
    running_[0] = {};
    changed_.notify_all();
    return true;
  }

  void look_into(const Failure& failure) {
    const Alone alone(*failure.what.info, failure.hung, failure.starved, [&](const Draw& draw, unsigned block) {
      Ready one = failure.what;
      one.draw = draw;
      show_begin(0, one);
      record::TrialContext context;
      context.role = "alone";
      context.of = failure.trial;
      context.block = block;
      context.point = static_cast<unsigned>(failure.what.k);
      context.trial = next_trial_++;
      const trial::Spec spec = trials_.spec(draw, *failure.what.info, block);
      const json line =
          trials_.line(spec, trials_.run(0, spec, [&](const trial::Sample& s) { show_sample(0, s), show(); }), context);
      write_with_warnings(line);
      return line;
    });
    const Found found = alone.look_into(failure.what.draw, interrupted_);
    if (interrupted_()) return;
    if (failure.starved && found.shown < found.tried) return;  // beside others it was the scheduler's
    if (failure.starved) tally_.add_starved(failure.what.info->id);
    record::Reproduction r;
    r.trial = failure.trial;
    r.draw = failure.what.k;
    r.what = fmt::format("{}: {}", failure.what.info->id, failure.why);
    r.command = plan::run_line(found.draw, *failure.what.info, plugins_of(*failure.what.info));
    r.shown = found.shown;
    r.tried = found.tried;
    writer_.write(record::reproduction_line(r));
    shown_again_.push_back(r);
    print_reproduction(r);
    if (plan_.until_failure) ended_early_ = true;
  }

  // The file of a workload that is not found by itself.
  [[nodiscard]] std::vector<std::string> plugins_of(const WorkloadInfo& w) const {
    for (const load::Library& library : plan_.libraries) {
      if (library.path == w.plugin && library.asked_for) return {library.path};
    }
    return {};
  }

  // ---- what a person sees ----

  void show_begin(unsigned job, const Ready& one) {
    const std::lock_guard lock(mutex_);
    running_[job] = {trial_label(one.draw),
                     one.info->group,
                     places_text(trials_.spec(one.draw, *one.info, 0).places),
                     "starting",
                     0,
                     0};
  }

  // Called while a trial is measured: it never waits for anybody.
  void show_sample(unsigned job, const trial::Sample& sample) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return;
    running_[job].phase = sample.phase == "measure" ? "measuring" : "warming up";
    running_[job].elapsed_ns = sample.elapsed_ns;
    running_[job].total_ns = sample.total_ns;
  }

  StressView view() {
    StressView view;
    view.elapsed_ns = elapsed_ns();
    view.for_ns = plan_.for_ns;
    view.trials = tally_.trials();
    view.failed = tally_.failed();
    view.unsupported = tally_.unsupported();
    view.doing = doing_;
    for (const RunningTrial& trial : running_) {
      if (!trial.label.empty()) view.running.push_back(trial);
    }
    view.failures.assign(last_failures_.begin(), last_failures_.end());
    return view;
  }

  void show() {
    const std::uint64_t now = monotonic_ns();
    const Style style = screen_.style();
    std::vector<std::string> news;
    std::unique_lock lock(mutex_);
    news.swap(told_);
    const bool due = now - shown_ns_ >= (style.terminal ? redraw_every_ns : say_every_ns);
    const StressView now_seen = due ? view() : StressView{};
    lock.unlock();
    for (const std::string& text : news) screen_.print(Line(style).add(time_of_day() + " ").add(text, bold));
    if (due && style.terminal) screen_.draw(stress_lines(now_seen, style));
    if (due && !style.terminal && shown_ns_ > 0) screen_.print(stress_plain_line(now_seen, style, time_of_day()));
    if (due) {
      shown_ns_ = now;
      health_.look();
    }
  }

  // Uncut, however narrow the terminal: it is there to be copied.
  void print_reproduction(const record::Reproduction& r) {
    Style wide = screen_.style();
    wide.columns = 10'000;
    const std::string how = r.shown == 0
                                ? fmt::format("not seen again in {} alone; as it was:", counted(r.tried, "trial"))
                                : fmt::format("seen in {} of {} alone:", r.shown, counted(r.tried, "trial"));
    screen_.print(Line(wide).add(r.what, bold));
    screen_.print(Line(wide).add("  " + how, muted));
    screen_.print(Line(wide).add("  " + r.command));
  }

  void print_end() {
    const Style style = screen_.style();
    screen_.print(Line(style));
    screen_.print(stress_table(tally_, style));
    screen_.print(Line(style));
    for (const auto& [what, ids] : bounded_) {
      const std::string of = ids.size() < 4 ? fmt::format("{}", fmt::join(ids, ", ")) : counted(ids.size(), "workload");
      screen_.print(Line(style)
                        .add(fmt::format("kept in reach: {} of {}, ", what, of))
                        .add("beyond it operations outlast a trial", muted));
    }
    for (const auto& [by, n] : held_back_)
      screen_.print(
          Line(style).add("held back: ").add(fmt::format("{} by the limit on {}", counted(n, "draw"), by), muted));
    for (const std::string& text : health_.lines()) screen_.print(Line(style).add(text));
    if (!shown_again_.empty()) screen_.print(Line(style));
    for (const record::Reproduction& r : shown_again_) print_reproduction(r);
    screen_.print(Line(style));
    std::string text = fmt::format("{}, {} failed", counted(tally_.trials(), "trial"), tally_.failed());
    if (tally_.unsupported() > 0) text += fmt::format(", {} unsupported", tally_.unsupported());
    if (tally_.failed() == 0 && tally_.ok() > 0) text += ", every invariant held";
    text += fmt::format(". {}.", human_duration(static_cast<double>(elapsed_ns())));
    if (tally_.ok() == 0 && tally_.failed() == 0) text += " Nothing could run.";
    if (interrupted_())
      text += fmt::format(" Interrupted: go on with fairground stress --resume {}", plan_.shown_folder);
    screen_.print(Line(style).add(text, tally_.failed() > 0 ? bold : plain));
    screen_.print(Line(style).add(fmt::format("Record: {}", plan_.shown_folder)));
  }

  int exit_code() {
    if (interrupted_()) return 130;
    return tally_.failed() > 0 || tally_.ok() == 0 ? 1 : 0;
  }

  const StressPlan& plan_;
  Screen& screen_;
  std::function<bool()> interrupted_;
  StressWatch watch_;
  StressTrials trials_;
  record::Writer writer_;
  StressHealth health_;
  std::uint64_t begun_ns_ = 0, shown_ns_ = 0;
  std::set<std::uint64_t> finished_;  // draws of an earlier part of the run
  std::uint64_t next_draw_ = 0;
  std::string doing_;
  std::vector<record::Reproduction> shown_again_;
  bool ended_early_ = false;

  std::mutex reach_mutex_;  // of the next three
  Reaches reaches_;
  std::map<std::string, Reach> reach_;                       // by workload
  std::map<std::string, std::vector<std::string>> bounded_;  // "n up to 33": workloads

  std::mutex writer_mutex_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  std::deque<Ready> ready_;
  std::deque<Failure> failures_;
  std::set<std::string> looked_into_;  // keys of failures
  std::vector<RunningTrial> running_;
  std::vector<std::string> told_;  // not printed yet
  std::deque<std::string> last_failures_;
  StressTally tally_;
  std::map<std::string, unsigned> held_back_;
  unsigned busy_ = 0, next_trial_ = 0;
  bool hold_ = false, stop_ = false;
  std::exception_ptr error_;
};

}  // namespace

int run_stress(const StressPlan& plan, const TrialRunner& runner, Screen& screen,
               const std::function<bool()>& interrupted) {
  return StressSession(plan, runner, screen, interrupted).run();
}

}  // namespace fairground::cli
