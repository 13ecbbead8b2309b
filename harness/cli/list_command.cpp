#include "cli/list_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "cli/catalogue.hpp"
#include "cli/missing.hpp"
#include "cli/paragraph.hpp"
#include "cli/usage.hpp"

namespace fairground::cli {
namespace {

struct ListArguments {
  bool json = false, missing = false;
  std::vector<std::string> plugins;
};

constexpr const char* footer =
    R"(Plugins are looked for in the files named with --plugin, in the folders of FAIRGROUND_PLUGIN_PATH (absolute,
separated by colons), and in the install's own folder; never in the current directory.

Examples:
  fairground list                                  all workloads, by family
  fairground list --json | jq -r '.[].id'          their ids
  fairground list --plugin ./mine.so               with those of a plugin of your own
  fairground list --missing                        what was left out when this was built, and what brings it)";

// One sign for each property, in columns of its own, so that the eye can run down them.
std::string marks(const plan::WorkloadInfo& w) {
  return fmt::format("{}{}{}", w.has("contended") ? 'c' : ' ', w.has("processes") ? 'p' : ' ',
                     w.kind == "team" ? 't' : ' ');
}

constexpr unsigned longest_id = 34;

void add_workload(std::vector<Line>& lines, const plan::WorkloadInfo& w, unsigned id_width, const Style& style) {
  Line line(style);
  line.left(2, w.id, {false, false, w.group}).left(2 + id_width + 2, marks(w), muted);
  const unsigned column = std::max(2 + id_width + 2 + 3 + 2, line.columns() + 1);
  const unsigned width = std::min(style.columns, 100u);
  for (const std::string& part : wrap(w.summary, width > column + 20 ? width - column : 20)) {
    lines.push_back(std::move(line.left(column, part)));
    line = Line(style);
  }
}

int list(const ListArguments& arguments) {
  const Style style = style_of(STDOUT_FILENO);
  if (arguments.missing) {
    nlohmann::json out = nlohmann::json::array();
    for (const LeftOut& one : left_out()) out.push_back({{"workload", one.workload}, {"package", one.package}});
    if (arguments.json) print_json(out);
    if (!arguments.json) print_lines(missing_lines(left_out(), style));
    return 0;
  }
  const std::vector<plan::WorkloadInfo> workloads = catalogue(arguments.plugins);
  if (!arguments.json) {
    print_lines(list_lines(workloads, style));
    return 0;
  }
  nlohmann::json out = nlohmann::json::array();
  for (const plan::WorkloadInfo& w : workloads) out.push_back(plan::to_json(w, false));
  print_json(out);
  return 0;
}

}  // namespace

std::vector<Line> list_lines(const std::vector<plan::WorkloadInfo>& workloads, const Style& style) {
  std::vector<Line> lines;
  if (workloads.empty()) {
    lines.emplace_back(style).add("There are no workloads: no plugin was found. Name one with --plugin.");
    return lines;
  }
  std::map<std::string, std::map<std::string, const plan::WorkloadInfo*>> families;
  unsigned id_width = 0;
  for (const plan::WorkloadInfo& w : workloads) {
    families[w.family][w.id] = &w;
    id_width = std::min(longest_id, std::max(id_width, width_of(w.id)));
  }
  for (const auto& [family, members] : families) {
    if (!lines.empty()) lines.emplace_back(style);
    lines.emplace_back(style).add(family, bold);
    for (const auto& [id, w] : members) add_workload(lines, *w, id_width, style);
  }
  lines.emplace_back(style);
  lines.emplace_back(style).add(
      "c has a contended resource · p workers may be processes · t a team, one worker of n places", muted);
  lines.emplace_back(style)
      .add(fmt::format("{} {} in {} {}. ", workloads.size(), workloads.size() == 1 ? "workload" : "workloads",
                       families.size(), families.size() == 1 ? "family" : "families"))
      .add(fmt::format("Next: fairground describe {}", families.begin()->second.begin()->first), muted);
  return lines;
}

const std::vector<LeftOut>& left_out() {
  static const std::vector<LeftOut> all(std::begin(missing), std::end(missing));
  return all;
}

std::vector<Line> missing_lines(const std::vector<LeftOut>& missing, const Style& style) {
  std::vector<Line> lines;
  if (missing.empty()) {
    lines.emplace_back(style).add("Nothing was left out.");
    return lines;
  }
  unsigned width = 0;
  std::set<std::string> packages;
  for (const LeftOut& one : missing) {
    width = std::max(width, width_of(one.workload));
    packages.insert(one.package);
  }
  lines.emplace_back(style).add("Left out when this was built, and the package that brings what each needs:");
  for (const LeftOut& one : missing) lines.emplace_back(style).left(2, one.workload).left(2 + width + 2, one.package);
  lines.emplace_back(style).add(fmt::format("Next: apt-get install {}, and build again", fmt::join(packages, " ")),
                                muted);
  return lines;
}

void add_list_command(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App* command = app.add_subcommand("list", "Show what there is to run");
  command->add_flag("--json", arguments->json, "as a JSON array of objects");
  command->add_flag("--missing", arguments->missing,
                    "what was left out when this was built, and the package that brings it");
  add_plugin_option(*command, arguments->plugins);
  command->footer(footer);
  command->callback([arguments, &exit_code] { exit_code = list(*arguments); });
}

}  // namespace fairground::cli
