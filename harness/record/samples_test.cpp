// One run with every kind of line that this module writes. With FAIRGROUND_RECORD_SAMPLES=FOLDER it is left there,
// where scripts/validate-record holds it against the schema (the tests record.samples and record.schema).
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "base/files.hpp"
#include "machine/machine.hpp"
#include "record/lines.hpp"
#include "record/reader.hpp"
#include "record/samples_for_test.hpp"
#include "record/warnings.hpp"
#include "record/writer.hpp"
#include "trial/environment.hpp"

namespace fairground::record {
namespace {

using nlohmann::json;

void write(Writer& writer, const json& line) {
  writer.write(line);
  for (const json& warning : warnings_of(line)) writer.write(warning);
}

std::vector<load::Library> libraries() {
  load::Library good;
  good.path = "/nowhere/paper.so";
  good.name = "paper";
  good.sha256 = std::string(64, '0');
  good.workloads = {samples::spec(4, true).workload, samples::spec(2, false).workload};
  load::Library bad;
  bad.path = "/nowhere/bad.so";
  bad.error = "It does not export fairground_plugin.";
  return {good, bad};
}

std::vector<json> trials() {
  const TrialContext shared = samples::oversubscribed();
  std::vector<json> out;
  const auto add = [&](unsigned workers, bool contended, trial::Result r, TrialContext context = {}) {
    if (r.window_ns > 0) r.environment = trial::Environment::read().since();
    context.trial = static_cast<unsigned>(out.size());
    out.push_back(trial_line(samples::spec(workers, contended), r, context));
  };
  add(4, true, samples::uneven(), shared);
  add(2, true, samples::result({995'001, 4'999}));
  add(1, false, samples::connections());
  add(2, true, samples::crashed());
  add(2, true, samples::result({0, 0}), shared);
  trial::Result whole = samples::result({10, 20});
  whole.workers[0].effective_operations = 10.5;
  whole.counters = {{"tiles", 12'800}, {"load_ratio", 0.25}};
  whole.warnings = {"no-realtime", "no-schedstat"};
  add(2, false, whole);
  TrialContext control = shared;
  control.role = "control";
  control.of = 0;
  add(4, false, samples::result({5'000, 5'000, 5'000, 5'000}), control);
  trial::Result unsupported;
  unsupported.status = "unsupported";
  unsupported.reason = "This machine has no two threads on a core.";
  add(2, true, unsupported);
  return out;
}

TEST(Samples, ARunWithEveryKindOfLine) {
  const PrivateFolder temporary("record-samples");
  const char* kept = std::getenv("FAIRGROUND_RECORD_SAMPLES");
  const std::filesystem::path folder = kept != nullptr ? std::filesystem::path(kept) : temporary.path() / "run";
  if (kept != nullptr) remove_tree(folder);
  Writer writer(folder, false);
  write(writer, header_line({"fairground", "run", "spin"}, "sample"));
  write(writer, machine_line(machine::discover()));
  write(writer, build_line());
  for (const load::Library& library : libraries()) write(writer, plugin_line(library));
  const std::vector<plan::Point> points = {samples::spec(4, true).point, samples::spec(2, false).point};
  write(writer, plan_line(42, points, {{1, 0}, {0, 1}}));
  for (const json& trial : trials()) write(writer, trial);
  writer.footer();

  const StoredRun run = read_run(folder);
  EXPECT_TRUE(run.complete);
  std::map<std::string, int> kinds;
  for (const json& line : run.lines) ++kinds[line.at("record")];
  EXPECT_EQ(kinds["trial"], 8);
  EXPECT_EQ(kinds["plugin"], 2);
  EXPECT_GT(kinds["warning"], 5);
  for (const char* kind : {"header", "machine", "build", "plan", "footer"}) EXPECT_EQ(kinds[kind], 1) << kind;
}

}  // namespace
}  // namespace fairground::record
