#include "cli/stress_session.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/realtime.hpp"
#include "base/text.hpp"
#include "cli/labels.hpp"
#include "cli/stress_alone.hpp"
#include "cli/stress_draws.hpp"
#include "cli/stress_end.hpp"
#include "cli/stress_failures.hpp"
#include "cli/stress_health.hpp"
#include "cli/stress_reach.hpp"
#include "cli/stress_resume.hpp"
#include "cli/stress_screen.hpp"
#include "cli/stress_tally.hpp"
#include "cli/stress_trial.hpp"
#include "cli/stress_watch.hpp"
#include "record/lines.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::Draw;
using plan::WorkloadInfo;

constexpr std::uint64_t ms = 1'000'000, second = 1'000 * ms;
constexpr std::uint64_t redraw_every_ns = 250 * ms, say_every_ns = 10 * second;
constexpr std::uint64_t grace_ns = 5 * second;  // for what still runs when the time is over
constexpr std::uint64_t first_pause_ns = 250 * ms, last_pause_ns = 10 * second;  // after what the machine refused
constexpr unsigned most_tries = 3;                                               // at a draw that the machine refuses
constexpr std::size_t draws_ahead = 16;
constexpr std::size_t failures_shown = 6;

// Of running failures again alone, in all.
std::uint64_t most_alone_ns(const StressPlan& plan) { return std::max(120 * second, plan.for_ns / 10); }

class StressSession {
 public:
  StressSession(const StressPlan& plan, const TrialRunner& runner, Screen& screen,
                const std::function<bool()>& interrupted)
      : plan_(plan),
        screen_(screen),
        interrupted_([this, &interrupted] { return interrupted() || screen_.gone() || std::ferror(stdout) != 0; }),
        enough_([this] { return interrupted_() || monotonic_ns() > trials_end_ns_.load(); }),
        watch_(plan.jobs, most_of(plan)),
        trials_(plan, runner, watch_, enough_),
        writer_(plan.earlier ? record::Writer::resume(plan.folder, *plan.earlier, plan.json)
                             : record::Writer(plan.folder, plan.json)),
        draws_(plan, plan.earlier ? finished_draws(*plan.earlier) : std::set<std::uint64_t>()),
        reaches_(plan.bounds),
        running_(plan.jobs) {}

  int run() {
    be_realtime();  // and the jobs with their first trial
    begun_ns_ = monotonic_ns();
    trials_end_ns_ = time_ends_ns() + grace_ns;
    if (plan_.earlier) recall(*plan_.earlier);
    screen_.print(stress_begin_lines(plan_, screen_.style()));
    write_beginning();
    {
      Jobs jobs(*this);
      jobs.start();
      supervise();
      come_to_rest();
    }
    if (error_) std::rethrow_exception(error_);
    while (!interrupted_() && look_into_next()) {
    }
    writer_.footer();
    screen_.clear();
    screen_.print(stress_end_lines(tally_, end(), screen_.style()));
    return exit_code();
  }

 private:
  // The threads that run trials, told to end and joined on every way out, what still runs then being ended.
  class Jobs {
   public:
    explicit Jobs(StressSession& session) : session_(session) {}
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;
    ~Jobs() {
      session_.stop();
      session_.trials_end_ns_ = 0;
      for (std::thread& thread : threads_) thread.join();
    }
    void start() try {
      for (unsigned job = 0; job < session_.plan_.jobs; ++job)
        threads_.emplace_back([this, job] { session_.work(job); });
    } catch (const std::system_error& error) {
      throw UserError(fmt::format("Only {} of {} can be run side by side ({}): give fewer with --jobs.",
                                  threads_.size(), counted(session_.plan_.jobs, "trial"), error.code().message()));
    }

   private:
    StressSession& session_;
    std::vector<std::thread> threads_;
  };

  // ---- the record ----

  // Waits for the disk, so nobody who holds the other lock calls this.
  void write_with_warnings(const json& line) {
    const std::lock_guard lock(writer_mutex_);
    writer_.write(line);
    for (const json& warning : record::warnings_of(line)) writer_.write(warning);
  }

  void write_beginning() {
    if (plan_.earlier) {
      write_with_warnings(resumed_header(plan_));
      for (const json& warning : unwritten_warnings(*plan_.earlier)) writer_.write(warning);
      return;
    }
    std::set<std::string> used;
    for (const WorkloadInfo& w : plan_.workloads) used.insert(w.plugin);
    for (const json& line : record::opening_lines(plan_.argv, plan_.run_id, plan_.machine, plan_.libraries, used))
      write_with_warnings(line);
    write_with_warnings(stress_plan_line(plan_));
  }

  void recall(const record::StoredRun& run) {
    for (const json& line : run.lines) {
      if (line.value("record", "") != "trial") continue;
      next_trial_ = std::max(next_trial_, line.value("trial", 0u) + 1);
      if (line.value("role", "") == "measured") tally_.add(line);
    }
    for (const std::string& workload : failures_.recall(plan_)) tally_.add_starved(workload);
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

  // The next draw; none at the end, which may come while the main thread waits for a workload's answer.
  std::optional<Ready> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stop_ || (!hold_ && !ready_.empty()); });
    if (stop_ || elapsed_ns() >= plan_.for_ns) return std::nullopt;
    Ready one = std::move(ready_.front());
    ready_.pop_front();
    ++busy_;
    return one;
  }

  void run_draw(unsigned job, Ready& one) {
    show_begin(job, one);
    if (one.unsupported.empty() && keep_within(one.draw, *one.info, reach_of(job, *one.info)))
      one.unsupported = refusal(one.draw.point, plan_.libraries);
    record::TrialContext context;
    context.draw = one.k;
    context.point = static_cast<unsigned>(one.k);
    {
      const std::lock_guard lock(mutex_);
      context.concurrent = busy_;
      context.trial = next_trial_++;
    }
    const trial::Spec spec = trials_.spec(one.draw, *one.info, 0);
    const trial::Result result = one.unsupported.empty() ? run_patiently(job, spec) : unsupported(one.unsupported);
    const json line = trials_.line(spec, result, context);
    write_with_warnings(line);
    const std::lock_guard lock(mutex_);
    if (result.status == "interrupted" && !interrupted_()) ++ended_late_;
    tally_.add(line);
    note_failure(one, line);
  }

  Reach reach_of(unsigned job, const WorkloadInfo& info) {
    return reaches_.of(info, [&](const plan::Point& point) {
      Draw draw;
      draw.point = point;
      const std::uint64_t begun = monotonic_ns();
      return trials_.is_quick(job, trials_.spec(draw, info, 0)) && monotonic_ns() - begun < 4 * point.deadline_ns;
    });
  }

  // What the machine refuses now it may give a little later; while it doesn't, nobody asks it without pause.
  trial::Result run_patiently(unsigned job, const trial::Spec& spec) {
    for (unsigned tries = 1;; ++tries) {
      trial::Result result = trials_.run(job, spec, [&](const trial::Sample& s) { show_sample(job, s); });
      if (result.refused != trial::Refused::by_machine) {
        refused_in_a_row_ = 0;
        return result;
      }
      const std::uint64_t pause = std::min(last_pause_ns, first_pause_ns << std::min(refused_in_a_row_++, 8u));
      std::unique_lock lock(mutex_);
      const bool stopped = changed_.wait_for(lock, std::chrono::nanoseconds(pause), [&] { return stop_; });
      if (stopped || tries == most_tries) return result;
    }
  }

  // With the lock held.
  void note_failure(const Ready& one, const json& line) {
    const std::string why = failures_.note(one, line);
    if (!why.empty()) {
      failed_ = true;
      told_.push_back(fmt::format("draw {} {}: {}", one.k, trial_label(one.draw), why));
      last_failures_.push_back(told_.back());
      if (last_failures_.size() > failures_shown) last_failures_.pop_front();
    }
    changed_.notify_all();
  }

  // ---- the main thread ----

  void stop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }

  void supervise() {
    while (!interrupted_() && elapsed_ns() < plan_.for_ns) {
      {
        const std::lock_guard lock(mutex_);
        if (error_ || (plan_.until_failure && failed_)) return;
      }
      if (look_into_next()) continue;
      get_ready();
      show();
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::chrono::milliseconds(100),
                        [&] { return is_there_to_look_into() || ready_.size() < draws_ahead / 2; });
    }
  }

  void get_ready() {
    std::unique_lock lock(mutex_);
    const std::size_t ready = ready_.size();
    if (ready >= draws_ahead) return;
    lock.unlock();
    std::vector<Ready> fresh = draws_.next(std::min(at_once_, 2 * draws_ahead - ready));
    at_once_ = std::min(2 * at_once_, 2 * draws_ahead);
    lock.lock();
    for (Ready& one : fresh) ready_.push_back(std::move(one));
    changed_.notify_all();
  }

  [[nodiscard]] std::uint64_t elapsed_ns() const { return plan_.spent_ns + monotonic_ns() - begun_ns_; }
  [[nodiscard]] std::uint64_t time_ends_ns() const { return begun_ns_ + plan_.for_ns - plan_.spent_ns; }

  // Lets the trials that run come to their end, if they do within the grace.
  void come_to_rest() {
    stop();
    trials_end_ns_ = monotonic_ns() + grace_ns;
    doing_ = "ending";
    await_idle();
    doing_.clear();
  }

  void await_idle() {
    for (bool idle = false; !idle;) {
      show();
      std::unique_lock lock(mutex_);
      idle = changed_.wait_for(lock, std::chrono::milliseconds(100), [&] { return busy_ == 0; });
    }
  }

  // With the lock held.
  [[nodiscard]] bool is_there_to_look_into() const { return !failures_.empty() && alone_ns_ < most_alone_ns(plan_); }

  // Lets the jobs come to the end of their trials, and looks into a failure alone. False if there is none, or no time.
  bool look_into_next() {
    {
      const std::lock_guard lock(mutex_);
      if (!is_there_to_look_into()) return false;
      hold_ = true;
    }
    doing_ = "waiting for the others to end, to run a failure again alone";
    await_idle();
    if (!interrupted_()) {
      std::unique_lock lock(mutex_);
      const Failure failure = failures_.take();
      lock.unlock();
      doing_ = fmt::format("running {} again alone", failure.what.info->id);
      show();
      const std::uint64_t begun = monotonic_ns();
      trials_end_ns_ = begun + most_alone_ns(plan_) - alone_ns_;
      look_into(failure);
      trials_end_ns_ = time_ends_ns() + grace_ns;
      alone_ns_ += monotonic_ns() - begun;
    }
    doing_.clear();
    const std::lock_guard lock(mutex_);
    hold_ = false;
    running_[0] = {};
    changed_.notify_all();
    return true;
  }

  void look_into(const Failure& failure) {
    const WorkloadInfo& info = *failure.what.info;
    const Alone alone(
        info, failure.sought, [&](const Draw& draw, unsigned block) { return run_alone(failure, draw, block); },
        [&](const Draw& draw) { return !refusal(draw.point, plan_.libraries).empty(); });
    const Found found = alone.look_into(failure.what.draw, enough_);
    if (interrupted_()) return;
    if (!found.whole) return failures_.give_up(failure);
    const auto reproduction = failures_.conclude(failure, found, plugins_for(plan_, info));
    if (!reproduction) return;
    if (failure.sought.starved) tally_.add_starved(info.id);
    failed_ = true;
    write_with_warnings(record::reproduction_line(*reproduction));
    screen_.print(reproduction_lines(*reproduction, screen_.style()));
  }

  json run_alone(const Failure& failure, const Draw& draw, unsigned block) {
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
    const trial::Result result = trials_.run(0, spec, [&](const trial::Sample& s) { show_sample(0, s), show(); });
    json line = trials_.line(spec, result, context);
    write_with_warnings(line);
    return line;
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

  StressEnd end() {
    return {reaches_.bounded(),          draws_.held_back(),    health_.lines(), failures_.reproductions(),
            failures_.not_looked_into(), ended_late_,           elapsed_ns(),    interrupted_(),
            plan_.shown_folder,          plan_.workloads.size()};
  }

  int exit_code() {
    if (interrupted_()) return 130;
    return tally_.failed() > 0 || tally_.ok() == 0 ? 1 : 0;
  }

  const StressPlan& plan_;
  Screen& screen_;
  std::function<bool()> interrupted_;
  std::atomic<std::uint64_t> trials_end_ns_{UINT64_MAX};  // when those that run then are ended
  std::function<bool()> enough_;
  StressWatch watch_;
  StressTrials trials_;
  record::Writer writer_;
  StressDraws draws_;
  Reaches reaches_;
  StressHealth health_;
  std::uint64_t begun_ns_ = 0, shown_ns_ = 0;
  std::size_t at_once_ = 1;     // draws to ask about: few at first, for that may take its time
  std::uint64_t alone_ns_ = 0;  // spent on looking into failures
  std::string doing_;
  std::atomic<unsigned> refused_in_a_row_ = 0;  // launches

  std::mutex writer_mutex_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  std::deque<Ready> ready_;
  StressFailures failures_;
  std::vector<RunningTrial> running_;
  std::vector<std::string> told_;  // not printed yet
  std::deque<std::string> last_failures_;
  StressTally tally_;
  unsigned busy_ = 0, next_trial_ = 0, ended_late_ = 0;
  bool hold_ = false, stop_ = false;
  bool failed_ = false;  // anything, in this part of the run
  std::exception_ptr error_;
};

}  // namespace

int run_stress(const StressPlan& plan, const TrialRunner& runner, Screen& screen,
               const std::function<bool()>& interrupted) {
  return StressSession(plan, runner, screen, interrupted).run();
}

}  // namespace fairground::cli
