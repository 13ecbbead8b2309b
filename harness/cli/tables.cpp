#include "cli/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "cli/headline.hpp"
#include "cli/labels.hpp"
#include "cli/paragraph.hpp"

namespace fairground::cli {
namespace {

using nlohmann::json;

constexpr unsigned longest_label = 34;
constexpr unsigned gauge_width = 10;

std::string cut(const std::string& text, unsigned width) {
  if (width_of(text) <= width) return text;
  std::string out;
  unsigned columns = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80 && ++columns > width - 1) break;
    out += c;
  }
  return out + "…";
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
}

// Wrapped, with no line break between a number and what stands behind it.
std::vector<std::string> wrap_numbers(const std::string& text, unsigned columns) {
  std::string glued;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool behind_number = text[i] == ' ' && i > 0 && text[i - 1] >= '0' && text[i - 1] <= '9';
    glued += behind_number ? '\x01' : text[i];
  }
  std::vector<std::string> lines = wrap(glued, columns);
  for (std::string& line : lines) replace_all(line, "\x01", " ");
  return lines;
}

std::string share_text(double share) { return fmt::format("{:.2f}", share); }

std::string gap_text(double ns, bool open) { return (open ? "≥" : "") + human_duration(ns); }

std::string interval_text(const Row& row) {
  const std::optional<double> half = row.throughput_per_s ? half_width_percent(*row.throughput_per_s) : std::nullopt;
  if (!half) return "±—";
  if (*half >= 1000) return "±>999 %";
  return fmt::format("±{:.{}f} %", *half, *half < 0.95 ? 1 : 0);
}

std::string episodes_text(const Row& row) {
  if (!row.episodes) return "-";
  return fmt::format("{:.{}f}", *row.episodes,
                     *row.episodes >= 10 || std::floor(*row.episodes) == *row.episodes ? 0 : 1);
}

unsigned label_width(const std::vector<Row>& rows) {
  unsigned width = 8;
  for (const Row& row : rows) width = std::max(width, width_of(row.point.label));
  return std::min(width, longest_label);
}

void add_shares(Line& line, const Row& row, unsigned column) {
  if (!row.share || row.contenders == 1) {
    line.left(column, row.contenders == 1 ? "one contender" : "too few operations", muted);
    return;
  }
  const double share = row.share->median;
  const Gauge g = gauge(share, gauge_width);
  line.left(column, share_text(share), share < 0.5 ? bold : plain).add(" ");
  line.add(g.full, Ink{false, false, row.point.group}).add(g.rest, muted).add(" " + row.least.brief());
}

Line table_row(const Row& row, unsigned label, const Style& style) {
  Line line(style);
  line.left(2, cut(row.point.label, label), Ink{false, false, row.point.group});
  if (row.ok == 0 || !row.throughput_per_s)
    return line.left(label + 4, row.trouble.empty() ? "not run" : row.trouble, bold);
  const unsigned rate = label + 14, interval = rate + 7, share = interval + 3, gap = share + 35, episodes = gap + 10;
  line.right(rate, human_rate(row.throughput_per_s->median)).right(interval, interval_text(row), muted);
  add_shares(line, row, share);
  const bool starved = row.starved_trials > 0;
  line.right(gap, row.gap_ns ? gap_text(*row.gap_ns, row.gap_open) : "-", starved ? bold : plain);
  line.right(episodes, episodes_text(row));
  return line;
}

std::vector<Line> table(const std::vector<Row>& rows, const Style& style) {
  const unsigned label = label_width(rows);
  const unsigned rate = label + 14, interval = rate + 7, share = interval + 3, gap = share + 35, episodes = gap + 10;
  Line top(style), second(style);
  top.left(2, "workload", muted).right(rate, "throughput", muted).right(interval, "95 %", muted);
  top.left(share, "minimum share", muted).right(gap, "longest", muted).right(episodes, "episodes", muted);
  second.right(gap, "gap", muted).right(episodes, "a trial", muted);
  std::vector<Line> lines{top, second};
  for (const Row& row : rows) lines.push_back(table_row(row, label, style));
  return lines;
}

std::vector<Line> plain_table(const std::vector<Row>& rows, const Style& style) {
  const unsigned label = label_width(rows);
  std::vector<Line> lines;
  for (const Row& row : rows) {
    Line line(style);
    line.add(cut(row.point.label, label));
    if (row.ok == 0 || !row.throughput_per_s) {
      lines.push_back(line.left(label + 2, row.trouble.empty() ? "not run" : row.trouble));
      continue;
    }
    line.right(label + 11, human_rate(row.throughput_per_s->median)).right(label + 18, interval_text(row));
    const bool shared = row.share && row.contenders > 1;
    line.left(label + 20, "min-share ").add(shared ? share_text(row.share->median) : "-");
    line.left(label + 36, "worst ").add(shared ? row.least.brief() : "-");
    line.left(label + 50, "gap ").right(label + 64, row.gap_ns ? gap_text(*row.gap_ns, row.gap_open) : "-");
    line.left(label + 66, "episodes ").right(label + 80, episodes_text(row));
    lines.push_back(line);
  }
  return lines;
}

// Waits of the rows that have any: half of them, and all but one in a hundred. Disturbed ones are only named.
std::vector<Line> wait_lines(const std::vector<Row>& rows, const Style& style) {
  std::vector<Line> lines;
  std::string disturbed;
  const unsigned label = label_width(rows);
  for (const Row& row : rows) {
    if (!row.wait_p50_ns) continue;
    if (row.waits_disturbed) {
      std::string label_text = row.point.label;
      replace_all(label_text, " ", "\u00a0");
      disturbed += (disturbed.empty() ? "" : ", ") + label_text;
      continue;
    }
    Line line(style);
    line.left(style.terminal ? 2 : 0, cut(row.point.label, label), Ink{false, false, row.point.group});
    line.left(label + 4, "waits p50 ").add(human_duration(static_cast<double>(*row.wait_p50_ns)));
    line.left(label + 24, "p99 ").add(human_duration(static_cast<double>(*row.wait_p99_ns)));
    lines.push_back(line);
  }
  if (!disturbed.empty()) {
    const std::string text = "Waits were disturbed by being looked at, so none is quoted here, of: " + disturbed + ".";
    for (const std::string& part : wrap(text, style.columns)) lines.push_back(Line(style).add(part, muted));
  }
  if (!lines.empty()) lines.emplace_back(style);
  return lines;
}

Line trials_line(const RunEnd& end, const Style& style) {
  std::string text = fmt::format("{}, {} failed", counted(end.trials, "trial"), end.failed);
  if (end.unsupported > 0) text += fmt::format(", {} unsupported", end.unsupported);
  if (end.failed == 0 && end.broken == 0 && end.trials > end.unsupported && !end.interrupted)
    text += ", every invariant held";
  if (end.failed == 0 && end.broken > 0) text += ", " + broke_as_expected(end.broken);
  text += fmt::format(". {}.", human_duration(static_cast<double>(end.elapsed_ns)));
  if (end.interrupted) text += " Interrupted: what was measured by then is in the record.";
  return Line(style).add(text);
}

// Points of which only some trials were ok: the table shows the others.
std::vector<Line> trouble_lines(const std::vector<Row>& rows, const Style& style) {
  std::vector<Line> lines;
  for (const Row& row : rows) {
    if (row.ok == 0 || row.trouble.empty()) continue;
    const std::string how_many = fmt::format("{} of {} not ok", row.trials - row.ok, counted(row.trials, "trial"));
    lines.push_back(
        Line(style).add(row.point.label + ": ", bold).add(fmt::format("{}, the first: {}", how_many, row.trouble)));
  }
  return lines;
}

std::vector<Line> next_lines(const RunFacts& run, const RunEnd& end, const Style& style) {
  std::vector<Line> lines;
  if (!end.warnings.empty()) {
    std::string codes;
    for (const std::string& code : end.warnings) codes += (codes.empty() ? "" : "\u00a0· ") + code;
    Line line(style);
    line.add(counted(end.warnings.size(), "warning"), bold);
    for (const std::string& part : wrap(codes, style.columns - 13)) {
      lines.push_back(line.left(13, part));
      line = Line(style);
    }
    lines.push_back(Line(style).left(13, "cause and next step of each: in the report", muted));
  }
  if (!style.terminal) {
    lines.push_back(Line(style).add(fmt::format("Record: {}", run.record)));
    return lines;
  }
  const std::string report = fmt::format("fairground report {}", run.record);
  const unsigned words = std::max(13 + width_of(report) + 3, 56u);
  lines.push_back(
      Line(style).add("next", bold).left(13, report).left(words, "one HTML page that opens offline", muted));
  lines.push_back(
      Line(style).left(13, fmt::format("fairground plot {}", run.record)).left(words, "the figures alone", muted));
  return lines;
}

std::string starved_text(const json& line) {
  const bool own = line.contains("per_contender") && line["per_contender"].is_array() && !line["per_contender"].empty();
  const json& all = own ? line["per_contender"] : line.value("per_worker", json::array());
  std::string out;
  unsigned n = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].value("starved", false) || ++n > 3) continue;
    out += fmt::format(" {}{}", own ? 'c' : 'w', i);
  }
  if (n > 3) out += fmt::format(" and {} more", n - 3);
  return out.empty() ? "" : "starved:" + out;
}

std::string outcome_text(const json& line) {
  const std::string status = line.value("status", "?");
  if (status != "ok") {
    const json reason = line.value("reason", json());
    return reason.is_string() ? fmt::format("{}: {}", status, printable(reason.get<std::string>())) : status;
  }
  const std::string starved = starved_text(line);
  for (const json& finding : line.value("findings", json::array())) {
    if (!finding.value("expected", true)) return "unexpected finding: " + finding.value("kind", "?");
  }
  return starved.empty() ? "ok" : starved;
}

}  // namespace

Line begin_line(const RunFacts& run, const Style& style) {
  const char* between = style.terminal ? " · " : ", ";
  Line line(style);
  if (!style.terminal) line.add(fmt::format("run {}: ", run.id));
  std::string text = fmt::format("{}{}{}{}seed {}", run.what, between, run.placement, between, run.seed);
  if (style.terminal) text += fmt::format("{}record {}", between, run.record);
  return line.add(text, muted);
}

Line warning_line(const WarningText& warning, const Style& style) {
  Line line(style);
  if (style.terminal)
    line.add("! " + warning.code, bold).add("  ");
  else
    line.add(fmt::format("warning {}: ", warning.code));
  const std::string detail = printable(warning.detail);
  line.add(detail.empty() || detail.ends_with('.') ? detail : detail + ".");
  if (!warning.next.empty()) line.add(style.terminal ? " " + warning.next : " Next: " + warning.next, muted);
  return line;
}

Line trial_line(const RunFacts& run, const TrialFacts& trial, const json& line, const std::string& clock,
                const Style& style) {
  const auto digits = [](unsigned n) { return fmt::format("{}", n).size(); };
  Line out(style);
  out.add(fmt::format("{} block {:>{}}/{} trial {:>{}}/{} ", clock, trial.block + 1, digits(run.blocks), run.blocks,
                      trial.trial + 1, digits(run.trials), run.trials));
  const unsigned label = out.columns();
  out.add(trial.label + (trial.note.empty() ? "" : " (" + trial.note + ")"), Ink{false, false, trial.group});
  const json metrics = line.value("metrics", json::object());
  const auto number = [&](const char* key) {
    return metrics.is_object() && metrics.contains(key) && metrics[key].is_number();
  };
  if (number("throughput_per_s")) {
    out.right(label + 38, human_rate(metrics["throughput_per_s"].get<double>()));
    out.add(" min-share ")
        .add(number("minimum_share_ratio") ? share_text(metrics["minimum_share_ratio"].get<double>()) : "-   ");
    const bool open = metrics.value("longest_gap_censored", json(false)) == json(true);
    if (number("longest_gap_ns"))
      out.add(" gap ").add(fmt::format("{:>7}", human_duration(metrics["longest_gap_ns"].get<double>())));
    if (open) out.add("+");
  }
  const std::string outcome = outcome_text(line);
  return out.add(" ").add(outcome, outcome == "ok" ? plain : bold);
}

std::vector<Line> end_lines(const RunFacts& run, const RunEnd& end, const Style& style) {
  std::vector<Line> lines;
  if (style.terminal || !end.rows.empty()) lines.emplace_back(style);
  Ink ink = bold;
  for (const std::string& sentence : headline(end.rows)) {
    for (const std::string& part : wrap_numbers(sentence, style.columns)) lines.push_back(Line(style).add(part, ink));
    ink = plain;
  }
  lines.emplace_back(style);
  for (const Line& line : style.terminal ? table(end.rows, style) : plain_table(end.rows, style)) lines.push_back(line);
  lines.emplace_back(style);
  for (const Line& line : loss_lines(end.losses, style)) lines.push_back(line);
  for (const Line& line : wait_lines(end.rows, style)) lines.push_back(line);
  for (const Line& line : trouble_lines(end.rows, style)) lines.push_back(line);
  lines.push_back(trials_line(end, style));
  for (const Line& line : next_lines(run, end, style)) lines.push_back(line);
  return lines;
}

}  // namespace fairground::cli
