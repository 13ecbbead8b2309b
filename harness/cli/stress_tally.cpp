#include "cli/stress_tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/text.hpp"
#include "record/lines.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

constexpr std::size_t most_reasons = 8;

bool is_unexpected(const json& finding) {
  return finding.value("certainty", "") == "certain" && !finding.value("expected", true);
}

const json& findings_of(const json& line) {
  static const json none = json::array();
  const auto found = line.find("findings");
  return found != line.end() && found->is_array() ? *found : none;
}

std::string text_of(const json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? printable(found->get<std::string>()) : "";
}

// "1,234,567": columns of counts are read digit by digit.
std::string grouped(std::uint64_t n) {
  std::string text = std::to_string(n);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

// While workers run all phases are one: when they come upon a defect is a matter of luck.
std::string where(const std::string& phase) {
  static const std::set<std::string> running{"start", "barrier", "warm-up", "measure", "stop", "wake", "join"};
  return running.contains(phase) ? "running" : phase;
}

// Without what is of one trial alone: numbers, addresses, paths.
std::string in_general(const std::string& reason) {
  std::istringstream words(reason);
  std::string all, before;
  for (std::string word; words >> word; before = word) {
    if (before == "phase") word = where(word.substr(0, word.find(':')));
    const bool particular = word.find_first_of("0123456789/") != std::string::npos;
    all += (particular ? "#" : word) + " ";
  }
  return all;
}

std::string count_text(unsigned n) { return n == 0 ? "-" : grouped(n); }

}  // namespace

std::string failure_of(const json& line) {
  const std::string status = line.value("status", "?");
  const std::string reason = text_of(line, "reason");
  if (status == "failed" || status == "crashed" || status == "hung") return fmt::format("{}: {}", status, reason);
  if (status != "ok") return "";
  for (const json& finding : findings_of(line)) {
    if (is_unexpected(finding) && finding.value("kind", "") != "starvation")
      return fmt::format("{}: {}", finding.value("kind", "?"), text_of(finding, "text"));
  }
  return "";
}

bool is_starved(const json& line) {
  if (line.contains("per_contender")) return false;  // of whom it isn't known whether they had a unit
  const auto workers = line.find("per_worker");
  return std::ranges::any_of(findings_of(line), [&](const json& f) {
    if (!is_unexpected(f) || f.value("kind", "") != "starvation") return false;
    // One from before the window opened names nobody; it may have been the machine's fault.
    const auto who = f.find("contender");
    return who != f.end() && workers != line.end() && *who < workers->size() &&
           workers->at(who->get<std::size_t>()).value("run_delay_ns", json()).is_number();
  });
}

std::string failure_kind(const json& line) {
  std::set<std::string> kinds;
  for (const json& finding : findings_of(line)) {
    if (is_unexpected(finding)) kinds.insert(finding.value("kind", "?"));
  }
  std::string kind =
      fmt::format("{} {} {}", line.value("workload", "?"), line.value("status", "?"), fmt::join(kinds, "+"));
  if (const auto failure = line.find("failure"); failure != line.end() && failure->is_object())
    return fmt::format("{} {} {}", kind, where(text_of(*failure, "phase")), failure->value("signal", json()).dump());
  return kinds.empty() ? kind + in_general(failure_of(line)) : kind;
}

std::string failure_key(const json& line) {
  const auto failure = line.find("failure");
  const bool told = failure != line.end() && failure->is_object();  // by its phase and signal
  return told ? failure_kind(line) : fmt::format("{} {}", failure_kind(line), in_general(failure_of(line)));
}

void StressTally::add(const json& line) {
  const std::string status = line.value("status", "?");
  if (status == "interrupted") return;
  StressRow& row = rows_[line.value("workload", "?")];
  row.group = line.value("group", "");
  ++row.trials;
  const bool failed = !failure_of(line).empty();
  if (status == "ok" && !failed) ++row.ok;
  if (status == "ok" && std::ranges::any_of(findings_of(line), record::breaks_an_invariant)) ++row.broken;
  if (status == "failed" || (status == "ok" && failed)) ++row.findings;
  if (status == "crashed") ++row.crashed;
  if (status == "hung") ++row.hung;
  if (status == "unsupported") {
    ++row.unsupported;
    const std::string why = text_of(line, "reason");
    if (row.reasons.size() < most_reasons || row.reasons.contains(why)) ++row.reasons[why];
  }
  if (const auto workers = line.find("per_worker"); workers != line.end()) {
    for (const json& worker : *workers) row.operations += worker.value("operations", std::uint64_t{0});
  }
  const json gap = line.value("metrics", json::object()).value("longest_gap_ns", json());
  if (gap.is_number()) row.longest_gap_ns = std::max(row.longest_gap_ns.value_or(0), gap.get<std::uint64_t>());
}

namespace {
template <class Value>
unsigned sum(const std::map<std::string, StressRow>& rows, Value&& value) {
  unsigned all = 0;
  for (const auto& [id, row] : rows) all += value(row);
  return all;
}
}  // namespace

unsigned StressTally::trials() const {
  return sum(rows_, [](const StressRow& r) { return r.trials; });
}
unsigned StressTally::ok() const {
  return sum(rows_, [](const StressRow& r) { return r.ok; });
}
unsigned StressTally::broken() const {
  return sum(rows_, [](const StressRow& r) { return r.broken; });
}
unsigned StressTally::failed() const {
  return sum(rows_, [](const StressRow& r) { return r.findings + r.crashed + r.hung; });
}
unsigned StressTally::unsupported() const {
  return sum(rows_, [](const StressRow& r) { return r.unsupported; });
}

std::vector<Line> stress_table(const StressTally& tally, const Style& style) {
  unsigned label = 8;
  for (const auto& [id, row] : tally.rows()) label = std::max(label, width_of(id));
  label += 2;
  const unsigned trials = label + 6, operations = trials + 16, ok = operations + 6, findings = ok + 9;
  const unsigned unsupported = findings + 12, crashed = unsupported + 8, hung = crashed + 5, gap = hung + 10;
  std::vector<Line> lines;
  Line head(style);
  head.left(0, "workload", muted).right(trials, "trials", muted).right(operations, "operations", muted);
  head.right(ok, "ok", muted).right(findings, "findings", muted).right(unsupported, "unsupported", muted);
  head.right(crashed, "crashed", muted).right(hung, "hung", muted).right(gap, "worst gap", muted);
  lines.push_back(head);
  for (const auto& [id, row] : tally.rows()) {
    const bool bad = row.findings + row.crashed + row.hung > 0;
    Line line(style);
    line.left(0, id, Ink{bad, false, row.group}).right(trials, grouped(row.trials));
    line.right(operations, grouped(row.operations)).right(ok, count_text(row.ok));
    line.right(findings, count_text(row.findings), row.findings > 0 ? bold : plain);
    line.right(unsupported, count_text(row.unsupported));
    line.right(crashed, count_text(row.crashed), row.crashed > 0 ? bold : plain);
    line.right(hung, count_text(row.hung), row.hung > 0 ? bold : plain);
    line.right(gap, row.longest_gap_ns ? human_duration(static_cast<double>(*row.longest_gap_ns)) : "-");
    lines.push_back(line);
  }
  for (const auto& [id, row] : tally.rows()) {
    if (row.unsupported == 0) continue;
    const auto most = std::ranges::max_element(row.reasons, {}, [](const auto& r) { return r.second; });
    Line line(style);
    line.add(fmt::format("unsupported {}: ", id)).add(most->first, muted);
    if (row.reasons.size() > 1) line.add(fmt::format(" ({} of {})", most->second, row.unsupported), muted);
    lines.push_back(line);
  }
  return lines;
}

}  // namespace fairground::cli
