#include "cli/topo_command.hpp"

#include <unistd.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cli/style.hpp"
#include "machine/draw.hpp"
#include "machine/machine.hpp"
#include "machine/pinning.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

struct Options {
  std::string xml;
  std::string pin = "compact";
  std::string workers;
  bool as_json = false;
  bool ascii = false;
};

constexpr const char* footer = R"(Policies:
  compact      fill a core, a cache, a node, a package before the next is opened
  scatter      spread over packages, nodes, last-level caches, cores; hardware threads last
  cores        one worker a core, compact; more wrap within those
  siblings     the hardware threads of one core
  performance, efficient
               the cores of that kind, on machines that have several kinds
  node:N       the NUMA node N
  units:0+2-3  these processing units, in this order
  none         no pinning
Nodes and units are named by their OS indexes, as lscpu and taskset name them.

Examples:
  fairground topo
  fairground topo --pin scatter --workers 4
  fairground topo --pin units:0+2-3 --workers 3 --json
  lstopo --of xml > server.xml; fairground topo --xml server.xml --pin node:1 --workers 8)";

unsigned workers_from(const std::string& text) {
  const std::int64_t workers = parse_integer(text, "--workers");
  if (workers < 1 || workers > machine::max_workers) {
    throw UserError("--workers " + text + " is out of range; take a number between 1 and " +
                    std::to_string(machine::max_workers));
  }
  return static_cast<unsigned>(workers);
}

json as_json(const machine::Machine& found, const std::optional<machine::Plan>& plan) {
  json units = json::array();
  for (const machine::Unit& unit : found.units) units.push_back(unit.os_index);
  json document = {{"machine",
                    {{"packages", found.packages},
                     {"nodes", found.nodes},
                     {"caches", found.caches},
                     {"cores", found.cores},
                     {"units", found.units.size()},
                     {"allowed_units", std::move(units)},
                     {"quota_units", found.quota_units ? json(*found.quota_units) : json()}}},
                   {"plan", nullptr}};
  if (!plan) return document;
  json workers = json::array();
  for (std::size_t worker = 0; worker < plan->places.size(); ++worker) {
    workers.push_back({{"worker", worker}, {"units", plan->places[worker]}});
  }
  document["plan"] = {
      {"policy", plan->policy}, {"oversubscribed", plan->oversubscribed}, {"workers", std::move(workers)}};
  return document;
}

void run(const Options& options) {
  std::optional<unsigned> workers;
  if (!options.workers.empty()) workers = workers_from(options.workers);
  const machine::Machine found =
      options.xml.empty() ? machine::discover() : machine::discover(std::filesystem::path(options.xml));
  std::optional<machine::Plan> plan;
  if (workers) plan = machine::plan(found, options.pin, *workers);
  if (options.as_json) {
    std::cout << as_json(found, plan).dump(2) << "\n";
    return;
  }
  const Style style = style_of(STDOUT_FILENO);
  const machine::DrawStyle drawn{options.ascii || !style.utf8, style.columns};
  std::cout << machine::draw(found, plan ? &*plan : nullptr, drawn);
  if (plan) std::cout << "\n" << machine::draw_plan(found, *plan, drawn);
}

}  // namespace

void add_topo_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* topo = app.add_subcommand("topo", "Show the machine, and where workers would go on it");
  topo->add_option("--xml", options->xml, "A topology that hwloc 2 wrote (lstopo --of xml) instead of this machine")
      ->type_name("FILE");
  topo->add_option("--pin", options->pin, "Policy by which workers are placed")
      ->type_name("POLICY")
      ->capture_default_str();
  topo->add_option("--workers", options->workers, "Plan so many workers, 1 to 65536")->type_name("N");
  topo->add_flag("--json", options->as_json, "Print one JSON object: counts, allowed units, plan");
  topo->add_flag("--ascii", options->ascii, "Draw in plain ASCII");
  topo->footer(footer);
  topo->callback([options, topo, &exit_code] {
    if (topo->count("--xml") > 0 && options->xml.empty())
      throw UserError("--xml '' names no file; give a topology's file");
    if (topo->count("--workers") > 0 && options->workers.empty()) {
      throw UserError("--workers '' is no number; take one between 1 and " + std::to_string(machine::max_workers));
    }
    machine::check_policy(options->pin);
    if (topo->count("--pin") > 0 && options->workers.empty())
      throw UserError("--pin " + options->pin + " places workers; say how many with --workers");
    run(*options);
    exit_code = 0;
  });
}

}  // namespace fairground::cli
