#include "cli/describe_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/catalogue.hpp"
#include "cli/paragraph.hpp"
#include "cli/usage.hpp"
#include "plan/options.hpp"
#include "plan/parameter.hpp"

namespace fairground::cli {
namespace {

struct DescribeArguments {
  std::string id;
  bool json = false;
  std::vector<std::string> plugins;
};

constexpr const char* footer = R"(Examples:
  fairground describe mutex                        what it does, its parameters and their ranges
  fairground describe mutex --json                 the same for programs)";

constexpr unsigned text_column = 14;
constexpr unsigned help_column = 6;

// A page as it grows.
class Page {
 public:
  explicit Page(const Style& style) : style_(&style), width_(std::min(style.columns, 100u)) {}

  Line& line() { return lines_.emplace_back(*style_); }
  void heading(const std::string& text) {
    line();
    line().add(text, bold);
  }
  // A label, and a text that may take several lines; nothing if there is no text.
  void entry(const std::string& label, const std::string& text) {
    if (text.empty()) return;
    bool first = true;
    for (const std::string& part : wrap(text, room(text_column))) {
      line().left(2, first ? label : "", muted).left(text_column, part);
      first = false;
    }
  }
  void text(unsigned column, const std::string& text, Ink ink = plain) {
    if (text.empty()) return;
    for (const std::string& part : wrap(text, room(column))) line().left(column, part, ink);
  }
  [[nodiscard]] std::vector<Line> lines() && { return std::move(lines_); }

 private:
  [[nodiscard]] unsigned room(unsigned column) const { return std::max(20u, width_ - std::min(width_, column)); }

  const Style* style_;
  unsigned width_;
  std::vector<Line> lines_;
};

std::string workers_of(const plan::WorkloadInfo& w) {
  const std::string what = w.has("processes") ? "threads or processes" : "threads";
  return w.kind == "team" ? fmt::format("a team: one worker with n places ({})", what) : what;
}

std::string needs_of(const plan::WorkloadInfo& w) {
  std::vector<std::string> needs;
  if (w.has("network")) needs.emplace_back("the loopback network");
  if (w.has("files")) needs.emplace_back("room for files");
  if (w.has("database")) needs.emplace_back("a database");
  return fmt::format("{}", fmt::join(needs, ", "));
}

std::string fairness_of(const plan::WorkloadInfo& w) {
  if (!w.promises_fairness) return "not promised: starvation is shown, and no failure";
  std::vector<std::string> only;
  for (const plan::ParameterInfo& p : w.parameters)
    if (!p.fair.empty()) only.push_back(fmt::format("{}={}", p.key, p.fair));
  const std::string with = only.empty() ? "" : fmt::format(", with {}", fmt::join(only, ", "));
  return fmt::format("promised{}: a starved contender is a finding that is not expected", with);
}

void parameters(Page& page, const plan::WorkloadInfo& w) {
  page.heading("Parameters");
  if (w.parameters.empty()) {
    page.text(2, "none");
    return;
  }
  unsigned key_width = 0, default_width = 0;
  for (const plan::ParameterInfo& p : w.parameters) {
    key_width = std::max(key_width, width_of(p.key));
    default_width = std::max(default_width, width_of(plan::format_value(p, p.default_value)));
  }
  const unsigned value_column = 2 + key_width + 2;
  const unsigned range_column = value_column + std::min(default_width, 20u) + 2;
  for (const plan::ParameterInfo& p : w.parameters) {
    const std::string range = plan::range_text(p);
    Line& line = page.line();
    line.left(2, p.key, bold).left(value_column, plan::format_value(p, p.default_value));
    // A long list of choices goes below.
    const bool fits = range_column + width_of(range) <= 100;
    if (fits) line.left(range_column, range, muted);
    page.text(help_column, p.help);
    if (!fits) page.text(help_column, range, muted);
    if (!p.processes.empty()) {
      page.text(help_column, "between processes: " + or_list(plan::split_list(p.processes)), muted);
    }
  }
  page.line();
  page.text(2, fmt::format("Set them with --set KEY=VALUE; several values, separated by commas, are a sweep."), muted);
}

void counters(Page& page, const plan::WorkloadInfo& w) {
  if (w.counters.empty()) return;
  page.heading("Counters of its own");
  for (const plan::CounterInfo& c : w.counters) {
    page.line().left(2, c.key, bold);
    page.text(help_column, c.help);
  }
}

// Of a family the workloads are named: the word was not wrong, only too general.
void refuse_family(const std::vector<plan::WorkloadInfo>& all, const std::string& name) {
  std::vector<std::string> members;
  for (const plan::WorkloadInfo& w : all) {
    if (w.id == name) return;
    if (w.family == name) members.push_back(w.id);
  }
  if (members.empty()) return;
  throw UserError(fmt::format("{} is a family; describe one of its workloads: {}.", name, or_list(members)));
}

int describe(const DescribeArguments& arguments) {
  const std::vector<plan::WorkloadInfo> all = catalogue(arguments.plugins);
  refuse_family(all, arguments.id);
  const plan::WorkloadInfo& workload = plan::find(all, arguments.id);
  if (arguments.json) {
    print_json(plan::to_json(workload, true));
    return 0;
  }
  print_lines(describe_lines(workload, style_of(STDOUT_FILENO), arguments.plugins));
  return 0;
}

}  // namespace

std::vector<Line> describe_lines(const plan::WorkloadInfo& w, const Style& style,
                                 const std::vector<std::string>& plugins) {
  Page page(style);
  page.line().add(w.id, {true, false, w.group}).add(fmt::format("  {}, version {}", w.family, w.version), muted);
  page.text(2, w.summary);
  page.line();
  page.entry("counts", w.operation);
  page.entry("invariant", w.invariant);
  page.entry("workers", workers_of(w));
  page.entry("fairness", fairness_of(w));
  page.entry("expects", fmt::format("{}", fmt::join(w.expects, ", ")));
  page.entry("control", w.control);
  page.entry("needs", needs_of(w));
  page.entry("plugin", w.plugin);
  parameters(page, w);
  counters(page, w);
  page.line();
  std::string next = fmt::format("Next: fairground run {} --workers 2", w.id);
  for (const std::string& plugin : plugins) next += " --plugin " + plugin;
  page.text(0, next, muted);
  return std::move(page).lines();
}

void add_describe_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<DescribeArguments>();
  CLI::App* command =
      app.add_subcommand("describe", "Show one workload: what it does, its parameters and their ranges");
  command->add_option("id", arguments->id, "of the workload")->required()->type_name("ID");
  command->add_flag("--json", arguments->json, "as a JSON object");
  add_plugin_option(*command, arguments->plugins);
  command->footer(footer);
  command->callback([arguments, &exit_code] { exit_code = describe(*arguments); });
}

}  // namespace fairground::cli
