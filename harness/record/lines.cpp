#include "record/lines.hpp"

#include <openssl/crypto.h>

#include <ctime>
#include <string_view>

#include "base/clock.hpp"
#include "build_info.hpp"
#include "git_revision.hpp"
#include "machine/identity.hpp"
#include "plan/parameter.hpp"
#include "plan/workload_info.hpp"
#include "record/reader.hpp"

namespace fairground::record {

namespace {

using nlohmann::json;

std::uint64_t realtime_ns() {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000u + static_cast<std::uint64_t>(t.tv_nsec);
}

json point_json(const plan::Point& p) {
  json out = {{"workload", p.workload},
              {"parameters", p.parameters},
              {"workers", p.workers},
              {"as", p.as_processes ? "processes" : "threads"},
              {"pin", p.pin},
              {"probes", p.probes},
              {"time_ns", p.time_ns},
              {"warmup_ns", p.warmup_ns},
              {"deadline_ns", p.deadline_ns}};
  if (p.stutter_ns > 0) out["stutter_ns"] = p.stutter_ns;
  if (p.shuffle_ns > 0) out["shuffle_ns"] = p.shuffle_ns;
  if (p.companions.empty()) return out;
  json& companions = out["companions"] = json::array();
  for (const plan::Companion& c : p.companions) {
    companions.push_back({{"workload", c.workload},
                          {"parameters", c.parameters},
                          {"workers", c.workers},
                          {"as", c.as_processes ? "processes" : "threads"},
                          {"pin", c.pin}});
  }
  return out;
}

#ifdef NDEBUG
constexpr bool assertions = false;
#else
constexpr bool assertions = true;
#endif

}  // namespace

json header_line(const std::vector<std::string>& argv, const std::string& run_id) {
  return {{"record", "header"},
          {"schema", schema_version},
          {"run_id", run_id},
          {"argv", argv},
          {"tool_version", build_info::version},
          {"git_revision", build_info::git_revision},
          {"started_realtime_ns", realtime_ns()},
          {"resumed", false}};
}

json machine_line(const machine::Machine& m) {
  json line = machine::identity(m);
  line["record"] = "machine";
  return line;
}

json build_line() {
  json libraries = {{"hwloc", build_info::hwloc},
                    {"fmt", build_info::fmt},
                    {"nlohmann_json", build_info::nlohmann_json},
                    {"tbb", build_info::tbb},
                    {"google_benchmark", build_info::google_benchmark},
                    {"openssl", OpenSSL_version(OPENSSL_VERSION_STRING)}};  // the one at run time
#ifdef _GLIBCXX_RELEASE
  libraries["libstdcxx"] = std::to_string(_GLIBCXX_RELEASE);
#endif
  const std::string_view sanitizer = build_info::sanitizer;
  return {{"record", "build"},
          {"compiler", build_info::compiler},
          {"flags", build_info::flags},
          {"build_type", build_info::build_type},
          {"sanitizer", sanitizer.empty() ? json() : json(sanitizer)},
          {"assertions", assertions},
          {"libraries", std::move(libraries)},
          {"git_revision", build_info::git_revision},
          {"tool_version", build_info::version},
          {"null_reasons", json::object()}};
}

bool breaks_an_invariant(const json& finding) {
  const std::string kind = finding.value("kind", "");
  return kind == "wrong-result" || kind == "lost-update";
}

json plugin_line(const load::Library& library) {
  json line = {{"record", "plugin"}, {"path", library.path}, {"error", nullptr}, {"workloads", json::array()}};
  json reasons = json::object();
  const auto known = [&](const char* key, const std::string& text) {
    line[key] = text.empty() ? json() : json(text);
    if (text.empty()) reasons[key] = "not-loaded";
  };
  known("name", library.name);
  known("sha256", library.sha256);
  if (!library.error.empty()) line["error"] = library.error;
  for (const plan::WorkloadInfo& workload : library.workloads) {
    json& described = line["workloads"].emplace_back(plan::to_json(workload, false));
    described["parameter_types"] = described["fair"] = json::object();
    for (const plan::ParameterInfo& p : workload.parameters) {
      described["parameter_types"][p.key] = plan::name_of(p.type);
      if (!p.fair.empty()) described["fair"][p.key] = p.fair;
    }
  }
  line["null_reasons"] = std::move(reasons);
  return line;
}

std::vector<json> opening_lines(const std::vector<std::string>& argv, const std::string& run_id,
                                const machine::Machine& machine, const std::vector<load::Library>& libraries,
                                const std::set<std::string>& used) {
  std::vector<json> lines{header_line(argv, run_id), machine_line(machine), build_line()};
  for (const load::Library& library : libraries) {
    if (used.contains(library.path) || !library.error.empty()) lines.push_back(plugin_line(library));
  }
  return lines;
}

json plan_line(std::uint64_t seed, const std::vector<plan::Point>& points,
               const std::vector<std::vector<std::size_t>>& order) {
  json line = {
      {"record", "plan"}, {"seed", seed}, {"blocks", order.size()}, {"points", json::array()}, {"order", order}};
  for (const plan::Point& point : points) line["points"].push_back(point_json(point));
  return line;
}

json reproduction_line(const Reproduction& r) {
  return {{"record", "reproduction"}, {"trial", r.trial}, {"draw", r.draw},  {"what", r.what},
          {"command", r.command},     {"shown", r.shown}, {"tried", r.tried}};
}

}  // namespace fairground::record
