#include "cli/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/labels.hpp"
#include "cli/neighbours.hpp"
#include "cli/prepared.hpp"
#include "plan/options.hpp"
#include "plan/order.hpp"
#include "plan/untaken.hpp"
#include "record/lines.hpp"
#include "record/probes.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

std::uint64_t planned_ns(const plan::Point& p) { return p.time_ns + p.warmup_ns; }

class Session {
 public:
  Session(const RunPlan& plan, const TrialRunner& runner, Terminal& terminal, const std::function<bool()>& interrupted)
      : plan_(plan),
        runner_(runner),
        terminal_(terminal),
        interrupted_([this, &interrupted] { return interrupted() || terminal_.gone() || std::ferror(stdout) != 0; }),
        workloads_(all_workloads(plan.libraries)),
        groups_(plan::groups_of(plan.points)),
        order_(plan::order(groups_, plan.trials, plan.seed)),
        measured_(plan.points.size()),
        points_(prepare(plan.points, plan.machine, workloads_, std::filesystem::absolute(plan.folder).string(),
                        groups_.size() == 1)),
        losses_(groups_.size()) {
    name_rows();
  }

  int run() {
    record::Writer writer(plan_.folder, plan_.json);
    writer_ = &writer;
    begun_ns_ = monotonic_ns();
    terminal_.begin(run_facts());
    write_beginning();
    for (unsigned block = 0; block < order_.size() && !interrupted_(); ++block) {
      for (const std::size_t point : order_[block]) {
        if (interrupted_()) break;
        run_point(block, point);
      }
    }
    writer.footer();
    const RunEnd end = ending();
    terminal_.end(end);
    return exit_code(end);
  }

 private:
  // ---- before the first trial ----

  // A row of the summary is of all levels of probes together, so its name says nothing of them.
  void name_rows() {
    std::vector<plan::Point> leading;
    std::vector<const plan::WorkloadInfo*> of;
    for (const std::vector<std::size_t>& group : groups_) {
      leading.push_back(plan_.points[group.front()]);
      leading.back().probes = plan::Point{}.probes;
      of.push_back(&points_[group.front()].spec.workload);
    }
    const std::vector<Label> names = labels(leading, of);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      PointFacts facts = points_[groups_[g].front()].facts;
      facts.label = names[g].text;
      facts.variant = names[g].variant;
      rows_.push_back(std::move(facts));
    }
  }

  [[nodiscard]] unsigned trial_count() const {
    return static_cast<unsigned>((points_.size() + servings(points_).size()) * plan_.trials);
  }

  [[nodiscard]] RunFacts run_facts() const {
    RunFacts facts;
    facts.id = plan_.run_id;
    facts.record = plan_.shown_folder;
    facts.seed = plan_.seed;
    facts.blocks = plan_.trials;
    facts.trials = trial_count();
    std::set<std::string> times;
    std::vector<Placement> places;
    for (const Serving* serving : servings(points_)) facts.planned_ns += planned_ns(serving->spec.point) * plan_.trials;
    for (const Prepared& p : points_) {
      facts.planned_ns += planned_ns(p.spec.point) * plan_.trials;
      times.insert(human_duration(static_cast<double>(p.spec.point.time_ns)));
      if (p.unsupported.empty()) places.push_back({p.spec.point.workers, p.spec.places, p.spec.point.pin});
    }
    facts.what = fmt::format("{}, {}", counted(points_.size(), "point"), counted(plan_.trials, "block"));
    if (times.size() == 1) facts.what += " of " + *times.begin();
    facts.placement = placement(places);
    return facts;
  }

  // ---- writing ----

  void write(const json& line) {
    writer_->write(line);
    write_warnings_of(line);
  }

  void write_warnings_of(const json& line) {
    for (const json& warning : record::warnings_of(line)) write_warning(warning);
  }

  void write_warning(const json& warning) {
    writer_->write(warning);
    terminal_.warning({warning.at("code"), warning.at("detail"), warning.at("next")});
  }

  void write_beginning() {
    std::set<std::string> used;
    for (const Prepared& p : points_) {
      used.insert(p.spec.workload.plugin);
      for (const trial::Spec& companion : p.spec.companions) used.insert(companion.workload.plugin);
    }
    for (const Serving* serving : servings(points_)) used.insert(serving->spec.workload.plugin);
    for (const json& line : record::opening_lines(plan_.argv, plan_.run_id, plan_.machine, plan_.libraries, used))
      write(line);
    write(record::plan_line(plan_.seed, plan_.points, order_));
    const auto crowded =
        std::find_if(points_.begin(), points_.end(), [](const Prepared& p) { return p.oversubscribed; });
    if (crowded != points_.end()) {
      terminal_.warning({"oversubscribed",
                         fmt::format("{} share {}.", counted(crowded->spec.point.workers, "worker"),
                                     counted(crowded->facts.units, "unit")),
                         fmt::format("To see the workloads alone: --workers {}", crowded->facts.units)});
    }
    std::vector<const plan::WorkloadInfo*> workloads;
    for (const Prepared& p : points_) workloads.push_back(&p.spec.workload);
    for (const auto& [key, ids] : plan::untaken(plan_.points, workloads)) {
      write_warning(
          record::warning_line("parameter-not-taken", fmt::format("{}: not of {}", key, fmt::join(ids, ", "))));
    }
    if (plan_.trials < plan::default_trials) {
      write_warning(
          record::warning_line("few-trials", fmt::format("{} of each point", counted(plan_.trials, "trial"))));
    }
  }

  // ---- trials ----

  // The trial of a point, and before it or around it those that serve it: its control first, then, in random order, the
  // point itself and each of its parties alone. A trial that several points need is run for the first of them.
  void run_point(unsigned block, std::size_t index) {
    const Prepared& p = points_[index];
    if (block != served_block_) {
      served_.clear();
      controls_.clear();
    }
    served_block_ = block;
    std::vector<const Serving*> steps{nullptr};  // the point itself
    std::set<std::string> missing;
    for (const Serving& alone : p.alone) {
      if (served_.count(alone.key) == 0 && missing.insert(alone.key).second) steps.push_back(&alone);
    }
    Random random(hash_of(plan_.seed, block, index, 2));
    shuffle(steps, random);
    const bool needs_control = p.control && controls_.count(p.control->key) == 0;
    const auto at = static_cast<unsigned>(std::find(steps.begin(), steps.end(), nullptr) - steps.begin());
    const unsigned measured = next_trial_ + at + (needs_control ? 1 : 0);
    if (needs_control) run_control(block, index, measured);
    json beside;
    for (const Serving* step : steps) {
      if (interrupted_()) return;
      const bool last = step == steps.back();
      const auto complete = [&](json& line) {
        if (step == nullptr)
          beside = for_summary(line);
        else
          served_[step->key] = for_summary(line);
        if (last && !p.alone.empty()) put_interference(line, p, index, beside);
      };
      if (step == nullptr)
        run_measured(block, index, complete);
      else
        run_alone(block, index, *step, measured, complete);
    }
  }

  using Complete = std::function<void(json&)>;

  void run_measured(unsigned block, std::size_t index, const Complete& complete) {
    const Prepared& p = points_[index];
    record::TrialContext context = context_of(block, index, p.oversubscribed);
    context.companions_oversubscribed = p.companions_oversubscribed;
    context.edges_throughput_per_s = edges_throughput(block, index);
    trial::Spec spec = p.spec;
    spec.seed = hash_of(plan_.seed, block, index, 0);
    for (std::size_t i = 0; i < spec.companions.size(); ++i)
      spec.companions[i].seed = hash_of(plan_.seed, block, index, 3 + i);
    run_trial(spec, p, context, control_figures(p), "", complete);
  }

  void run_alone(unsigned block, std::size_t index, const Serving& alone, unsigned of, const Complete& complete) {
    const Prepared& p = points_[index];
    record::TrialContext context = context_of(block, index, alone.oversubscribed);
    context.role = "alone";
    context.of = of;
    trial::Spec spec = alone.spec;
    spec.seed = hash_of(plan_.seed, block, index, 2);
    const bool itself = &alone == &p.alone.front();
    run_trial(spec, p, context, itself ? control_figures(p) : std::nullopt, "alone, for " + p.facts.label, complete);
  }

  void run_control(unsigned block, std::size_t index, unsigned of) {
    const Prepared& p = points_[index];
    record::TrialContext context = context_of(block, index, true);
    context.role = "control";
    context.of = of;
    trial::Spec spec = p.control->spec;
    spec.seed = hash_of(plan_.seed, block, index, 1);
    const trial::Result result =
        run_trial(spec, p, context, std::nullopt, "as control of " + p.facts.label, [](json&) {});
    std::optional<record::ControlFigures> figures;
    if (result.status == "ok") figures = record::control_figures(spec, result, true);
    controls_[p.control->key] = figures;
  }

  [[nodiscard]] std::optional<record::ControlFigures> control_figures(const Prepared& p) const {
    const auto found = p.control ? controls_.find(p.control->key) : controls_.end();
    return found == controls_.end() ? std::nullopt : found->second;
  }

  static record::TrialContext context_of(unsigned block, std::size_t index, bool oversubscribed) {
    record::TrialContext context;
    context.block = block;
    context.point = static_cast<unsigned>(index);
    context.oversubscribed = oversubscribed;
    return context;
  }

  void put_interference(json& line, const Prepared& p, std::size_t index, const json& beside) {
    std::vector<json> alone;
    for (const Serving& serving : p.alone) alone.push_back(served_.at(serving.key));
    record::put_interference(line, beside, alone);
    const std::size_t group = group_of(index);
    // One a block: throughput is quoted from the lowest level of probes alone.
    if (groups_[group].front() == index) losses_[group].push_back(line.at("interference"));
  }

  [[nodiscard]] std::size_t group_of(std::size_t index) const {
    const auto has = [&](const auto& group) { return std::find(group.begin(), group.end(), index) != group.end(); };
    return static_cast<std::size_t>(std::find_if(groups_.begin(), groups_.end(), has) - groups_.begin());
  }

  // Of the same point at `edges` in this block, which has run by now; none if this is that point, or it has no rate.
  [[nodiscard]] std::optional<double> edges_throughput(unsigned block, std::size_t index) const {
    const std::size_t lead = groups_[group_of(index)].front();
    if (lead == index || points_[lead].spec.point.probes != "edges" || measured_[lead].size() <= block) return {};
    const json& line = measured_[lead][block];
    const json& rate = line.at("metrics").at("throughput_per_s");
    return line.at("status") == "ok" && rate.is_number() ? std::optional(rate.get<double>()) : std::nullopt;
  }

  // `figures`: of the control trial; without them a trial is its own control. `note`: whom it serves, empty for a
  // measured one. `complete` adds to its line what other trials say.
  trial::Result run_trial(const trial::Spec& spec, const Prepared& p, record::TrialContext context,
                          const std::optional<record::ControlFigures>& figures, const std::string& note,
                          const Complete& complete) {
    const bool measured = context.role == "measured";
    context.trial = next_trial_++;
    TrialFacts facts;
    facts.block = context.block;
    facts.trial = context.trial;
    facts.label = measured ? p.facts.label : spec.workload.id;
    facts.group = spec.workload.group;
    facts.workers = spec.point.workers;
    facts.team = spec.workload.kind == "team";
    facts.planned_ns = planned_ns(spec.point);
    facts.note = note;
    terminal_.trial_begins(facts);
    const auto show = [this](const trial::Sample& sample) { terminal_.sample(sample); };
    trial::Result result =
        p.unsupported.empty() ? attempt(runner_, spec, show, interrupted_) : unsupported(p.unsupported);
    context.control = figures ? *figures : record::control_figures(spec, result, context.oversubscribed);
    if (const json timeline = record::timeline_json(result); !timeline.is_null()) {
      context.timeline_file = fmt::format("timeline-{}.json", context.trial);
      writer_->write_beside(context.timeline_file, timeline.dump());
    }
    json line = record::trial_line(spec, result, context);
    complete(line);
    writer_->write(line);
    terminal_.trial_ends(line);
    write_warnings_of(line);
    count(line);
    if (measured) measured_[context.point].push_back(for_summary(line));
    return result;
  }

  // What the summary, and trials that come later, want of a line: thousands are kept until the end.
  static json for_summary(const json& line) {
    json kept = picked(line, {"trial", "workload", "status", "reason"});
    kept["metrics"] = json::object();
    if (const auto all = line.find("metrics"); all != line.end()) {
      for (const auto& [key, value] : all->items())
        if (value.is_primitive() || key == "wait_ns") kept["metrics"][key] = value;
    }
    for (const char* who : {"per_worker", "per_contender"}) {
      if (!line.contains(who)) continue;
      kept[who] = json::array();
      for (const json& one : line[who])
        kept[who].push_back(picked(
            one, {"class", "share_ratio", "longest_gap_ns", "longest_gap_resolution_ns", "longest_gap_censored"}));
    }
    if (line.contains("companions")) kept["companions"] = json::array();
    for (const json& companion : line.value("companions", json::array()))
      kept["companions"].push_back(for_summary(companion));
    return kept;
  }

  static json picked(const json& from, std::initializer_list<const char*> keys) {
    json out = json::object();
    for (const char* key : keys)
      if (const auto found = from.find(key); found != from.end()) out[key] = *found;
    return out;
  }

  // ---- what came of it ----

  void count(const json& line) {
    const std::string status = line.at("status");
    if (status == "unsupported") ++unsupported_;
    if (status == "ok") ++ok_;
    bool failed = status == "failed" || status == "crashed" || status == "hung";
    bool broken = false;
    const auto look_at = [&](const json& party) {
      for (const json& finding : party.at("findings")) {
        broken = broken || record::breaks_an_invariant(finding);
        failed = failed || (status != "interrupted" && !finding.at("expected").get<bool>());
      }
    };
    look_at(line);
    for (const json& companion : line.at("companions")) look_at(companion);
    if (broken) ++broken_;
    if (failed) ++failed_;
  }

  [[nodiscard]] RunEnd ending() const {
    RunEnd end;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      end.rows.push_back(row_of(g));
      for (Loss& loss : losses(rows_[g].label, losses_[g])) end.losses.push_back(std::move(loss));
    }
    end.trials = next_trial_;
    end.failed = failed_;
    end.broken = broken_;
    end.unsupported = unsupported_;
    end.warnings = terminal_.warning_codes();
    end.elapsed_ns = monotonic_ns() - begun_ns_;
    end.interrupted = interrupted_();
    return end;
  }

  // Throughput, shares and gaps are quoted from the lowest level of probes; waits from `sampled`.
  [[nodiscard]] Row row_of(std::size_t g) const {
    Row row = summarise(rows_[g], measured_[groups_[g].front()]);
    for (const std::size_t i : groups_[g]) {
      if (points_[i].spec.point.probes == "sampled") add_waits(row, measured_[i]);
    }
    return row;
  }

  [[nodiscard]] int exit_code(const RunEnd& end) const {
    if (end.interrupted) return 130;
    return end.failed > 0 || ok_ == 0 ? 1 : 0;
  }

  const RunPlan& plan_;
  const TrialRunner& runner_;
  Terminal& terminal_;
  std::function<bool()> interrupted_;
  std::vector<plan::WorkloadInfo> workloads_;
  std::vector<std::vector<std::size_t>> groups_;  // points that differ in their probe level alone
  std::vector<std::vector<std::size_t>> order_;
  std::vector<std::vector<json>> measured_;
  std::vector<Prepared> points_;
  std::vector<PointFacts> rows_;           // of the groups
  std::vector<std::vector<json>> losses_;  // of the groups: what companions did, a block each
  record::Writer* writer_ = nullptr;
  std::uint64_t begun_ns_ = 0;
  std::map<std::string, std::optional<record::ControlFigures>> controls_;  // of the block
  std::map<std::string, json> served_;                                     // lines of those alone, of the block
  unsigned served_block_ = 0;
  unsigned next_trial_ = 0, failed_ = 0, broken_ = 0, unsupported_ = 0, ok_ = 0;
};

}  // namespace

std::vector<plan::WorkloadInfo> all_workloads(const std::vector<load::Library>& libraries) {
  std::vector<plan::WorkloadInfo> all;
  for (const load::Library& library : libraries) {
    for (const plan::WorkloadInfo& w : library.workloads) {
      if (std::none_of(all.begin(), all.end(), [&](const auto& known) { return known.id == w.id; })) all.push_back(w);
    }
  }
  return all;
}

int run_session(const RunPlan& plan, const TrialRunner& runner, Terminal& terminal,
                const std::function<bool()>& interrupted) {
  return Session(plan, runner, terminal, interrupted).run();
}

}  // namespace fairground::cli
