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
#include "machine/pinning.hpp"
#include "plan/options.hpp"
#include "plan/order.hpp"
#include "record/lines.hpp"
#include "record/probes.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

// A point with everything that its trials need, found out before the first of them.
struct Prepared {
  trial::Spec spec;
  std::optional<trial::Spec> control;
  std::string control_key;
  bool oversubscribed = false;
  std::string unsupported;
  PointFacts facts;
};

std::uint64_t planned_ns(const plan::Point& p) { return p.time_ns + p.warmup_ns; }

const plan::WorkloadInfo* lookup(const std::vector<plan::WorkloadInfo>& all, const std::string& id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& w) { return w.id == id; });
  return found == all.end() ? nullptr : &*found;
}

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
        measured_(plan.points.size()) {
    prepare();
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

  void prepare() {
    std::vector<const plan::WorkloadInfo*> infos;
    for (const plan::Point& point : plan_.points) infos.push_back(&plan::find(workloads_, point.workload));
    const std::vector<Label> names = labels(plan_.points, infos);
    for (std::size_t i = 0; i < plan_.points.size(); ++i)
      points_.push_back(prepare_point(plan_.points[i], *infos[i], names[i]));
    name_rows(infos);
  }

  // A row of the summary is of all levels of probes together, so its name says nothing of them.
  void name_rows(const std::vector<const plan::WorkloadInfo*>& infos) {
    std::vector<plan::Point> leading;
    std::vector<const plan::WorkloadInfo*> of;
    for (const std::vector<std::size_t>& group : groups_) {
      leading.push_back(plan_.points[group.front()]);
      leading.back().probes = plan::Point{}.probes;
      of.push_back(infos[group.front()]);
    }
    const std::vector<Label> names = labels(leading, of);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      PointFacts facts = points_[groups_[g].front()].facts;
      facts.label = names[g].text;
      facts.variant = names[g].variant;
      rows_.push_back(std::move(facts));
    }
  }

  Prepared prepare_point(const plan::Point& point, const plan::WorkloadInfo& info, const Label& label) {
    Prepared p;
    p.spec.workload = info;
    p.spec.point = point;
    p.spec.scratch_parent = std::filesystem::absolute(plan_.folder).string();
    p.unsupported = point.unsupported;
    try {
      machine::Plan places = machine::plan(plan_.machine, point.pin, point.workers);
      p.oversubscribed = places.oversubscribed;
      const bool pinned =
          std::any_of(places.places.begin(), places.places.end(), [](const auto& u) { return !u.empty(); });
      if (pinned) p.spec.places = std::move(places.places);
    } catch (const UserError& error) {
      if (groups_.size() == 1) throw;  // in a sweep the other points are run
      p.unsupported = error.what();
    }
    if (p.oversubscribed && p.unsupported.empty()) {
      if (const std::optional<plan::Point> control = control_of(point, workloads_)) {
        p.control = p.spec;
        p.control->workload = *lookup(workloads_, control->workload);
        p.control->point = *control;
        p.control_key = plan::key_without_probes(*control);  // points that differ in their lock alone share one
      }
    }
    std::set<unsigned> units;
    for (const auto& place : p.spec.places) units.insert(place.begin(), place.end());
    p.facts = {label.text,     label.variant, info.id,      info.family,           info.group,
               info.operation, point.workers, units.size(), info.has("contended"), p.oversubscribed};
    return p;
  }

  [[nodiscard]] unsigned trial_count() const {
    std::set<std::string> controls;
    for (const Prepared& p : points_) {
      if (p.control) controls.insert(p.control_key);
    }
    return static_cast<unsigned>((points_.size() + controls.size()) * plan_.trials);
  }

  [[nodiscard]] RunFacts run_facts() const {
    RunFacts facts;
    facts.id = plan_.run_id;
    facts.record = plan_.shown_folder;
    facts.seed = plan_.seed;
    facts.blocks = plan_.trials;
    facts.trials = trial_count();
    std::set<std::string> times, controls;
    std::vector<Placement> places;
    for (const Prepared& p : points_) {
      const bool new_control = p.control && controls.insert(p.control_key).second;
      facts.planned_ns += planned_ns(p.spec.point) * (new_control ? 2 : 1) * plan_.trials;
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
    write(record::header_line(plan_.argv, plan_.run_id));
    write(record::machine_line(plan_.machine));
    write(record::build_line());
    std::set<std::string> used;
    for (const Prepared& p : points_) {
      used.insert(p.spec.workload.plugin);
      if (p.control) used.insert(p.control->workload.plugin);
    }
    for (const load::Library& library : plan_.libraries) {
      if (used.count(library.path) > 0 || !library.error.empty()) write(record::plugin_line(library));
    }
    write(record::plan_line(plan_.seed, plan_.points, order_));
    const auto crowded =
        std::find_if(points_.begin(), points_.end(), [](const Prepared& p) { return p.oversubscribed; });
    if (crowded != points_.end()) {
      terminal_.warning({"oversubscribed",
                         fmt::format("{} share {}.", counted(crowded->spec.point.workers, "worker"),
                                     counted(crowded->facts.units, "unit")),
                         fmt::format("To see the workloads alone: --workers {}", crowded->facts.units)});
    }
    if (plan_.trials < plan::default_trials) {
      write_warning(
          record::warning_line("few-trials", fmt::format("{} of each point", counted(plan_.trials, "trial"))));
    }
  }

  // ---- trials ----

  void run_point(unsigned block, std::size_t index) {
    const Prepared& p = points_[index];
    record::TrialContext context;
    context.block = block;
    context.point = static_cast<unsigned>(index);
    context.oversubscribed = p.oversubscribed;
    std::optional<record::ControlFigures> figures;
    if (p.control) {
      figures = control_figures(block, index, context);
      if (interrupted_()) return;
    }
    context.role = "measured";
    context.of.reset();
    context.edges_throughput_per_s = edges_throughput(block, index);
    trial::Spec spec = p.spec;
    spec.seed = hash_of(plan_.seed, block, index, 0);
    run_trial(spec, p, context, figures);
  }

  // Of the same point at `edges` in this block, which has run by now; none if this is that point, or it has no rate.
  [[nodiscard]] std::optional<double> edges_throughput(unsigned block, std::size_t index) const {
    const std::size_t lead = *std::find_if(groups_.begin(), groups_.end(), [&](const auto& group) {
                                return std::find(group.begin(), group.end(), index) != group.end();
                              })->begin();
    if (lead == index || points_[lead].spec.point.probes != "edges" || measured_[lead].size() <= block) return {};
    const json& line = measured_[lead][block];
    const json& rate = line.at("metrics").at("throughput_per_s");
    return line.at("status") == "ok" && rate.is_number() ? std::optional(rate.get<double>()) : std::nullopt;
  }

  // Those of this block's control, which is run when the first point that needs it comes.
  std::optional<record::ControlFigures> control_figures(unsigned block, std::size_t index,
                                                        record::TrialContext context) {
    const Prepared& p = points_[index];
    if (block != controls_block_) controls_.clear();
    controls_block_ = block;
    if (const auto found = controls_.find(p.control_key); found != controls_.end()) return found->second;
    context.role = "control";
    context.of = next_trial_ + 1;
    trial::Spec spec = *p.control;
    spec.seed = hash_of(plan_.seed, block, index, 1);
    const trial::Result result = run_trial(spec, p, context, std::nullopt);
    std::optional<record::ControlFigures> figures;
    if (result.status == "ok") figures = record::control_figures(spec, result, true);
    controls_.emplace(p.control_key, figures);
    return figures;
  }

  // `figures`: of the control trial; without them a trial is its own control.
  trial::Result run_trial(const trial::Spec& spec, const Prepared& p, record::TrialContext context,
                          const std::optional<record::ControlFigures>& figures) {
    const bool control = context.role == "control";
    context.trial = next_trial_++;
    TrialFacts facts;
    facts.block = context.block;
    facts.trial = context.trial;
    facts.label = control ? spec.workload.id : p.facts.label;
    facts.group = spec.workload.group;
    facts.workers = spec.point.workers;
    facts.team = spec.workload.kind == "team";
    facts.planned_ns = planned_ns(spec.point);
    if (control) facts.note = "as control of " + p.facts.label;
    terminal_.trial_begins(facts);
    trial::Result result = p.unsupported.empty() ? start(spec) : unsupported(p.unsupported);
    context.control = figures ? *figures : record::control_figures(spec, result, context.oversubscribed);
    if (const json timeline = record::timeline_json(result); !timeline.is_null()) {
      context.timeline_file = fmt::format("timeline-{}.json", context.trial);
      writer_->write_beside(context.timeline_file, timeline.dump());
    }
    const json line = record::trial_line(spec, result, context);
    writer_->write(line);
    terminal_.trial_ends(line);
    write_warnings_of(line);
    count(line);
    if (!control) measured_[context.point].push_back(for_summary(line));
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
        kept[who].push_back(picked(one, {"class", "share_ratio", "longest_gap_ns", "longest_gap_censored"}));
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

  static trial::Result unsupported(const std::string& reason) {
    trial::Result result;
    result.status = "unsupported";
    result.reason = reason;
    return result;
  }

  trial::Result start(const trial::Spec& spec) {
    try {
      return runner_(
          spec, [this](const trial::Sample& sample) { terminal_.sample(sample); }, interrupted_);
    } catch (const SystemError& error) {
      return unsupported(
          error.what());  // no process, descriptor or folder to be had: the next trial may have more luck
    }
  }

  // ---- what came of it ----

  void count(const json& line) {
    const std::string status = line.at("status");
    if (status == "unsupported") ++unsupported_;
    if (status == "ok") ++ok_;
    bool failed = status == "failed" || status == "crashed" || status == "hung";
    bool broken = false;
    for (const json& finding : line.at("findings")) {
      const std::string kind = finding.at("kind");
      broken = broken || kind == "wrong-result" || kind == "lost-update";
      failed = failed || (status != "interrupted" && !finding.at("expected").get<bool>());
    }
    if (broken) ++broken_;
    if (failed) ++failed_;
  }

  [[nodiscard]] RunEnd ending() const {
    RunEnd end;
    for (std::size_t g = 0; g < groups_.size(); ++g) end.rows.push_back(row_of(g));
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
  std::vector<PointFacts> rows_;  // of the groups
  record::Writer* writer_ = nullptr;
  std::uint64_t begun_ns_ = 0;
  std::map<std::string, std::optional<record::ControlFigures>> controls_;  // of the block
  unsigned controls_block_ = 0;
  unsigned next_trial_ = 0, failed_ = 0, broken_ = 0, unsupported_ = 0, ok_ = 0;
};

}  // namespace

std::vector<plan::WorkloadInfo> all_workloads(const std::vector<load::Library>& libraries) {
  std::vector<plan::WorkloadInfo> all;
  for (const load::Library& library : libraries) {
    for (const plan::WorkloadInfo& w : library.workloads) {
      if (lookup(all, w.id) == nullptr) all.push_back(w);
    }
  }
  return all;
}

std::optional<plan::Point> control_of(const plan::Point& point, const std::vector<plan::WorkloadInfo>& all) {
  const plan::WorkloadInfo* workload = lookup(all, point.workload);
  if (workload == nullptr || !workload->has("contended") || workload->control.empty()) return std::nullopt;
  const plan::WorkloadInfo* info = lookup(all, workload->control);
  if (info == nullptr || (point.as_processes && !info->has("processes"))) return std::nullopt;
  plan::Point control = point;
  control.workload = info->id;
  control.parameters = json::object();
  for (const plan::ParameterInfo& p : info->parameters)
    control.parameters[p.key] = point.parameters.value(p.key, p.default_value);
  return control;
}

int run_session(const RunPlan& plan, const TrialRunner& runner, Terminal& terminal,
                const std::function<bool()>& interrupted) {
  return Session(plan, runner, terminal, interrupted).run();
}

}  // namespace fairground::cli
