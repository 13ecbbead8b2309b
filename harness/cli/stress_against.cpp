#include "cli/stress_against.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <thread>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "cli/labels.hpp"
#include "cli/paragraph.hpp"
#include "cli/prepared.hpp"
#include "cli/stress_draws.hpp"
#include "cli/stress_reach.hpp"
#include "cli/stress_trial.hpp"
#include "cli/stress_watch.hpp"
#include "machine/pinning.hpp"
#include "plan/against.hpp"
#include "plan/companion.hpp"
#include "plan/options.hpp"
#include "record/lines.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;
using plan::Companion;
using plan::WorkloadInfo;

constexpr std::uint64_t ms = 1'000'000;
constexpr unsigned companion_place = 1;                           // of the watch; the subject has the first
constexpr std::uint64_t time_ns = 200 * ms, warmup_ns = 50 * ms;  // of each trial: hundreds are wanted

plan::Point subject_point(const StressPlan& plan, const std::string& text, const std::vector<WorkloadInfo>& all) {
  const auto units = static_cast<unsigned>(plan.machine.units.size());
  const Companion asked = plan::companion({text, ""}, units, all, "--against");
  plan::Point point;
  point.time_ns = time_ns;
  point.warmup_ns = warmup_ns;
  point = plan::alone(asked, point);
  if (text.find("pin=") == std::string::npos) point.pin = plan::Point{}.pin;
  if (!point.unsupported.empty()) throw UserError("--against: " + point.unsupported + ".");
  return point;
}

// Relative to the subject's places, those that this machine has.
std::vector<std::string> pins_beside(const machine::Machine& m, const machine::Places& subject) {
  std::vector<std::string> pins;
  for (const char* policy : machine::policies_beside) {
    try {
      machine::plan_beside(m, policy, 1, subject);
      pins.emplace_back(policy);
    } catch (const UserError&) {  // this machine can't
    }
  }
  return pins;
}

class AgainstSession {
 public:
  AgainstSession(const StressPlan& plan, const std::string& subject, const TrialRunner& runner, Screen& screen,
                 const std::function<bool()>& interrupted)
      : plan_(plan),
        screen_(screen),
        interrupted_([this, &interrupted] { return interrupted() || screen_.gone() || std::ferror(stdout) != 0; }),
        watch_(plan.jobs, most_of(plan)),
        trials_(plan, runner, watch_, interrupted_),
        reaches_(plan.bounds),
        workloads_(all_workloads(plan.libraries)),
        subject_(subject_point(plan, subject, workloads_)),
        scratch_parent_(std::filesystem::absolute(plan.folder).string()) {
    const machine::Plan places = machine::plan(plan.machine, subject_.pin, subject_.workers);
    options_.neighbours = plan.workloads;
    options_.bounds = plan.bounds;
    options_.bounds.pins = pins_beside(plan.machine, places.places);
    options_.workers = subject_.workers;
    options_.seed = plan.seed;
    if (const auto refused = load::check_points({subject_}, plan.libraries)) throw UserError(*refused);
  }

  int run() {
    record::Writer writer(plan_.folder, plan_.json);
    writer_ = &writer;
    begun_ns_ = monotonic_ns();
    write_beginning();
    say(fmt::format("against {}: {} to try it with, {}, seed {}", label_of(subject_),
                    counted(options_.neighbours.size(), "workload"), human_duration(static_cast<double>(plan_.for_ns)),
                    plan_.seed));
    const plan::AgainstResult found = plan::search_against(
        options_, [this](const Companion& c, unsigned blocks) { return measure(c, blocks); },
        [this] { return spent(); });
    writer.footer();
    end(found);
    if (interrupted_()) return 130;
    return failed_ > 0 || !found.worst ? 1 : 0;
  }

 private:
  [[nodiscard]] double spent() const {
    if (interrupted_()) return 1;
    return static_cast<double>(monotonic_ns() - begun_ns_) / static_cast<double>(plan_.for_ns);
  }

  void say(const std::string& text, Ink ink = plain) { screen_.print(Line(screen_.style()).add(text, ink)); }

  static std::string label_of(const plan::Point& p) { return fmt::format("{} ×{}", p.workload, p.workers); }

  void write_with_warnings(const json& line) {
    writer_->write(line);
    for (const json& warning : record::warnings_of(line)) writer_->write(warning);
  }

  void write_beginning() {
    std::set<std::string> used{plan::find(workloads_, subject_.workload).plugin};
    for (const WorkloadInfo& w : options_.neighbours) used.insert(w.plugin);
    for (const json& line : record::opening_lines(plan_.argv, plan_.run_id, plan_.machine, plan_.libraries, used))
      write_with_warnings(line);
    writer_->write(record::plan_line(plan_.seed, {subject_}, {}));
    writer_->write(record::warning_line("few-trials", "one block of most neighbours"));
  }

  // The subject beside the companion and alone, in random order, block by block.
  std::vector<double> measure(const Companion& companion, unsigned blocks) {
    plan::Point point = subject_;
    point.companions = {companion};
    ++candidate_;
    why_not_ = beyond_reach(companion);
    if (why_not_.empty()) why_not_ = refusal(plan::alone(companion, point), plan_.libraries);
    if (!why_not_.empty()) return tell(companion, {}), std::vector<double>();
    const Prepared p = std::move(prepare({point}, plan_.machine, workloads_, scratch_parent_, false).front());
    why_not_ = p.unsupported;
    if (!why_not_.empty()) return tell(companion, {}), std::vector<double>();
    std::vector<double> ratios;
    for (unsigned block = 0; block < blocks && !interrupted_(); ++block) {
      const std::optional<double> ratio = measure_block(p, block);
      if (ratio) ratios.push_back(*ratio);
    }
    if (2 * ratios.size() <= blocks) ratios.clear();  // most of them did not end well
    tell(companion, ratios);
    return ratios;
  }

  // Operations that outlast a trial would look like a hang. Beyond its defaults alone is a workload tried for that.
  std::string beyond_reach(const Companion& companion) {
    const WorkloadInfo& info = plan::find(options_.neighbours, companion.workload);
    if (companion.parameters == info.defaults()) return "";
    const Reach reach = reaches_.of(info, [this](const plan::Point& point) {
      const Prepared p = std::move(prepare({point}, plan_.machine, workloads_, scratch_parent_, false).front());
      return trials_.is_quick(companion_place, p.spec);
    });
    plan::Draw draw;
    draw.point.parameters = companion.parameters;
    return keep_within(draw, info, reach) ? "its operations outlast a trial" : "";
  }

  std::optional<double> measure_block(const Prepared& p, unsigned block) {
    Random random(hash_of(plan_.seed, candidate_, block, 2));
    const bool beside_first = random.below(2) == 0;
    const unsigned measured = next_trial_ + (beside_first ? 0 : 1);
    json beside, alone;
    for (const bool is_beside : {beside_first, !beside_first}) {
      json& line = is_beside ? beside : alone;
      line = run_trial(p, block, is_beside, measured);
      if (beside.is_object() && alone.is_object()) record::put_interference(line, beside, {alone});
      write_with_warnings(line);
      if (line.at("status") != "ok") return std::nullopt;
    }
    const json& found = (beside_first ? alone : beside).at("interference").at("parties").at(0).at("throughput_ratio");
    return found.is_number() ? std::optional(found.get<double>()) : std::nullopt;
  }

  json run_trial(const Prepared& p, unsigned block, bool beside, unsigned measured) {
    trial::Spec spec = beside ? p.spec : p.alone.front().spec;
    spec.seed = hash_of(plan_.seed, candidate_, block, beside ? 0 : 1);
    for (trial::Spec& companion : spec.companions) companion.seed = hash_of(plan_.seed, candidate_, block, 3);
    const trial::Result result = trials_.run(0, spec, {});
    if (result.status == "unsupported") why_not_ = result.reason;
    if (result.refused == trial::Refused::by_machine) std::this_thread::sleep_for(std::chrono::seconds(1));
    record::TrialContext context;
    context.block = block;
    context.trial = next_trial_++;
    context.role = beside ? "measured" : "alone";
    if (!beside) context.of = measured;
    context.oversubscribed = p.oversubscribed;
    if (beside) context.companions_oversubscribed = p.companions_oversubscribed;
    context.control = record::control_figures(spec, result, p.oversubscribed);
    json line = record::trial_line(spec, result, context);
    note(line, spec);
    return line;
  }

  // A neighbour that takes more than there is is none; one that is wrong is a failure.
  void note(const json& line, const trial::Spec& spec) {
    const std::string status = line.at("status");
    if (status != "failed" && status != "crashed" && status != "hung") return;
    ++failed_;
    const std::string reason = line.at("reason").is_string() ? printable(line.at("reason").get<std::string>()) : "";
    const std::string beside = spec.companions.empty() ? "alone" : "beside " + spec.point.companions.front().text;
    say(fmt::format("{} {} {}: {}", spec.workload.id, beside, status, reason), bold);
  }

  void tell(const Companion& companion, const std::vector<double>& ratios) {
    const double left_ns = static_cast<double>(plan_.for_ns) * (1 - spent());
    const std::string left = left_ns > 0 ? fmt::format("  ({} left)", human_duration(left_ns)) : "";
    const std::string kept = ratios.empty()
                                 ? "could not be measured" + (why_not_.empty() ? "" : ": " + printable(why_not_))
                                 : fmt::format("×{:.2f}", stats::median_interval(ratios).median);
    const std::string blocks = ratios.size() > 1 ? fmt::format(", median of {}", ratios.size()) : "";
    say(fmt::format("{:>4}  {}  {}{}{}", candidate_, companion.text, kept, blocks, left));
  }

  void end(const plan::AgainstResult& found) {
    const Style& style = screen_.style();
    screen_.print(Line(style));
    if (!found.worst) {
      say(interrupted_() ? "Interrupted: what was measured by then is in the record."
                         : "No neighbour could be measured.");
    } else {
      const WorkloadInfo& info = plan::find(workloads_, subject_.workload);
      const std::string sentence =
          fmt::format("Of {} drawn and {} more on the way up, {} hurts {} most: beside it {} {}, {}.",
                      counted(found.drawn, "neighbour"), found.climbed, found.worst->workload, label_of(subject_),
                      subject_.workload, slow_down_text(stats::median_interval(found.ratios)),
                      counted(found.ratios.size(), "block"));
      for (const std::string& part : wrap(sentence, style.columns)) say(part, bold);
      plan::Draw shown;
      shown.point = subject_;
      shown.point.warmup_ns = warmup_ns;
      shown.seed = plan_.seed;
      std::vector<std::string> plugins = plugins_for(plan_, info);
      for (const std::string& file : plugins_for(plan_, plan::find(workloads_, found.worst->workload))) {
        if (std::ranges::find(plugins, file) == plugins.end()) plugins.push_back(file);
      }
      std::string line = plan::run_line(shown, info, plugins);
      line.replace(line.rfind("--trials 3"), 10, fmt::format("--trials {}", found.ratios.size()));
      say(fmt::format("{} --with '{}'", line, found.worst->text));
    }
    if (found.drawn < options_.neighbours.size() && !interrupted_())
      say(fmt::format("Only {} of {} were tried: with more time (--for) all are.", found.drawn,
                      counted(options_.neighbours.size(), "workload")));
    say(fmt::format("{}, {} failed. Record: {}", counted(next_trial_, "trial"), failed_, plan_.shown_folder));
  }

  const StressPlan& plan_;
  Screen& screen_;
  std::function<bool()> interrupted_;
  StressWatch watch_;
  StressTrials trials_;
  Reaches reaches_;
  std::vector<WorkloadInfo> workloads_;
  plan::Point subject_;
  std::string scratch_parent_;
  plan::AgainstOptions options_;
  record::Writer* writer_ = nullptr;
  std::uint64_t begun_ns_ = 0;
  unsigned next_trial_ = 0, candidate_ = 0, failed_ = 0;
  std::string why_not_;  // the neighbour could not be measured
};

}  // namespace

std::string slow_down_text(const stats::MedianInterval& kept) {
  const auto times = [](double of) {
    const double x = 1 / of;
    return fmt::format("{:.{}f}", x, x < 10 ? 2 : x < 100 ? 1 : 0);
  };
  std::string interval;
  if (kept.low && *kept.high > 0) {
    interval = fmt::format(" (95 % interval {} to {})", times(*kept.high),
                           *kept.low > 0 ? times(*kept.low) : "standing still");
  }
  return (kept.median > 0 ? fmt::format("is {} times as slow", times(kept.median)) : "stands still") + interval;
}

int run_against(const StressPlan& plan, const std::string& subject, const TrialRunner& runner, Screen& screen,
                const std::function<bool()>& interrupted) {
  return AgainstSession(plan, subject, runner, screen, interrupted).run();
}

}  // namespace fairground::cli
