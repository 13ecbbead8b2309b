#include "plan/companion.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"
#include "machine/pinning.hpp"

namespace fairground::plan {
namespace {

// A companion is a run of one point: what its keys mean, and what is wrong with them, is what `run` says.
RunOptions options_of(Companion& c, std::string_view keys) {
  RunOptions options;
  give(options, "probes", Point{}.probes);
  std::set<std::string_view> seen;
  while (!keys.empty()) {
    const std::size_t end = std::min(keys.find(','), keys.size());
    const std::string_view part = keys.substr(0, end);
    keys.remove_prefix(std::min(end + 1, keys.size()));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == part.size()) {
      throw UserError(
          fmt::format("{} is no KEY=VALUE; write workers=2, pin=with or a parameter and its value.", in_quotes(part)));
    }
    const std::string_view key = part.substr(0, equals), value = part.substr(equals + 1);
    if (!seen.insert(key).second) throw UserError(fmt::format("{} is given twice; give it once.", in_quotes(key)));
    if (key == "pin") {
      c.pin = value;
    } else if (key == "workers" || key == "as") {
      give(options, key, value);
    } else {
      give(options, "set", part);
    }
  }
  return options;
}

}  // namespace

Companion companion(const Given& given, unsigned workers, const std::vector<WorkloadInfo>& all,
                    const std::string& option) {
  Companion c;
  try {
    if (!given.value.is_string()) throw UserError("a text is wanted, such as \"memory:workers=2,pin=with\".");
    c.text = given.value.get<std::string>();
    const std::size_t colon = std::min(c.text.find(':'), c.text.size());
    c.workload = c.text.substr(0, colon);
    find(all, c.workload);
    RunOptions options = options_of(c, std::string_view(c.text).substr(std::min(colon + 1, c.text.size())));
    if (options.workers.empty()) give(options, "workers", std::to_string(workers));
    give(options, "workload", c.workload);
    machine::check_policy_beside(c.pin);
    const Point point = expand(options, all).front();
    c.parameters = point.parameters;
    c.workers = point.workers;
    c.as_processes = point.as_processes;
    c.unsupported = point.unsupported;
    return c;
  } catch (const UserError& error) {
    const std::string where = given.where.empty() ? option : given.where + ": companion";
    throw UserError(fmt::format("{} {}: {}", where, in_quotes(c.text), error.what()));
  }
}

}  // namespace fairground::plan
