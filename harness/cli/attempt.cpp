#include "cli/attempt.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"

namespace fairground::cli {

trial::Result attempt(const TrialRunner& runner, const trial::Spec& spec, const trial::OnSample& on_sample,
                      const std::function<bool()>& interrupted) {
  try {
    return runner(spec, on_sample, interrupted);
  } catch (const SystemError& error) {
    trial::Result result = unsupported(error.what());
    result.refused = trial::Refused::by_machine;
    return result;
  }
}

namespace {

void insist_unchanged(const std::map<std::string, FileIdentity>& scanned, const trial::Spec& spec) {
  const auto found = scanned.find(spec.workload.plugin);
  if (found == scanned.end()) return;
  const FileIdentity now = identity_of(found->first);
  if (now == found->second) return;
  throw UserError(
      fmt::format("The plugin {} {} while it was measured, so nothing that follows would be of the same code; what was "
                  "measured until then is in the record: run it again.",
                  printable(found->first), now == FileIdentity{} ? "was removed" : "was changed"));
}

}  // namespace

TrialRunner on_unchanged(const std::vector<load::Library>& libraries, TrialRunner runner) {
  std::map<std::string, FileIdentity> scanned;
  for (const load::Library& library : libraries) scanned.emplace(library.path, library.file);
  return [scanned = std::move(scanned), runner = std::move(runner)](
             const trial::Spec& spec, const trial::OnSample& show, const std::function<bool()>& interrupted) {
    insist_unchanged(scanned, spec);
    for (const trial::Spec& companion : spec.companions) insist_unchanged(scanned, companion);
    return runner(spec, show, interrupted);
  };
}

trial::Result unsupported(const std::string& reason) {
  trial::Result result;
  result.status = "unsupported";
  result.reason = reason;
  return result;
}

}  // namespace fairground::cli
