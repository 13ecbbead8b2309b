#include "plan/dimensions.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "machine/pinning.hpp"
#include "plan/parameter.hpp"

namespace fairground::plan {
namespace {

constexpr double ms = 1e6, hour = 3.6e12;

std::vector<std::uint64_t> durations_of(const std::vector<Given>& given, std::string_view option, double minimum,
                                        double maximum, std::uint64_t otherwise) {
  const ParameterInfo info = option_schema(ParameterType::duration, minimum, maximum);
  std::vector<std::uint64_t> values;
  values.reserve(given.size() + 1);
  for (const Given& g : given) values.push_back(parse_value(info, g.value, label(g, option)).get<std::uint64_t>());
  if (values.empty()) values.push_back(otherwise);
  return values;
}

// 0 or 1 ms ... 1 h: what comes more often than samples are taken can't be kept.
std::vector<std::uint64_t> durations_or_none(const std::vector<Given>& given, std::string_view option) {
  const std::vector<std::uint64_t> values = durations_of(given, option, 0, hour, 0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] > 0 && values[i] < 1'000'000)
      throw UserError(fmt::format(
          "{}: {} is out of range; choose 0, or 1ms to 1h.", label(given[i], option),
          format_value(option_schema(ParameterType::duration, 0, hour), static_cast<std::int64_t>(values[i]))));
  }
  return values;
}

const std::string& text_of(const Given& g, std::string_view option) {
  if (g.value.is_string()) return g.value.get_ref<const std::string&>();
  throw UserError(fmt::format("{}: a text is wanted.", label(g, option)));
}

std::string policy_of(const Given& g) {
  const std::string& policy = text_of(g, "pin");
  try {
    machine::check_policy(policy);
  } catch (const UserError& error) {
    // The policy's own words know nothing of a file.
    if (g.where.empty()) throw;
    throw UserError(fmt::format("{}: {}", g.where, error.what()));
  }
  return policy;
}

std::string probes_of(const Given& g) {
  text_of(g, "probes");
  const ParameterInfo levels = option_schema(ParameterType::choice, 0, 0, {probe_levels.begin(), probe_levels.end()});
  return parse_value(levels, g.value, label(g, "probes")).get<std::string>();
}

}  // namespace

std::string label(const Given& given, std::string_view option) {
  return given.where.empty() ? fmt::format("--{}", option) : fmt::format("{}: {}", given.where, option);
}

unsigned trials_of(const Given& given) {
  return parse_value(option_schema(ParameterType::integer, 1, most_trials), given.value, label(given, "trials"))
      .get<unsigned>();
}

Dimensions dimensions_of(const RunOptions& o) {
  const Point defaults;
  Dimensions d;
  const ParameterInfo workers = option_schema(ParameterType::integer, 1, machine::max_workers);
  for (const Given& g : o.workers) {
    d.workers.push_back(parse_value(workers, g.value, label(g, "workers")).get<unsigned>());
  }
  if (d.workers.empty()) d.workers.push_back(defaults.workers);
  const ParameterInfo as = option_schema(ParameterType::choice, 0, 0, {"threads", "processes"});
  for (const Given& g : o.as) d.as_processes.push_back(parse_value(as, g.value, label(g, "as")) == "processes");
  if (d.as_processes.empty()) d.as_processes.push_back(defaults.as_processes);
  for (const Given& g : o.pin) d.pin.push_back(policy_of(g));
  if (d.pin.empty()) d.pin.push_back(defaults.pin);
  for (const Given& g : o.probes) d.probes.push_back(probes_of(g));
  d.time_ns = durations_of(o.time, "time", ms, 24 * hour, defaults.time_ns);
  d.warmup_ns = durations_of(o.warmup, "warmup", 0, hour, defaults.warmup_ns);
  d.deadline_ns = durations_of(o.deadline, "deadline", 10 * ms, 24 * hour, defaults.deadline_ns);
  d.stutter_ns = durations_or_none(o.stutter, "stutter");
  d.shuffle_ns = durations_or_none(o.shuffle, "shuffle");
  return d;
}

}  // namespace fairground::plan
