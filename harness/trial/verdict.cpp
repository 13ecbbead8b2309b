#include "trial/verdict.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstring>

#include "base/text.hpp"
#include "load/plugin.hpp"

namespace fairground::trial {

namespace {

bool expected(const Spec& spec, const std::string& kind) {
  const auto& kinds = spec.workload.expects;
  if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return true;
  return kind == "starvation" && !spec.promises_fairness();
}

void add_finding(const Spec& spec, Result& result, const std::string& kind, bool certain, std::string text) {
  result.findings.push_back({kind, certain, expected(spec, kind), std::move(text)});
}

// What a plugin wrote, fit for the record and a terminal.
template <std::size_t N>
std::string said(const std::array<char, N>& field) {
  return printable(get_text(field));
}

std::string who(int worker) { return worker < 0 ? "the control thread" : fmt::format("worker {}", worker); }

std::string phase_name(std::uint32_t phase) { return name(static_cast<Phase>(phase)); }

void read_crash(const Board& board, Failure& failure) {
  const Crash& crash = board.header().crash;
  if (crash.taken.load() == 0) return;
  if (crash.signal != SIGRTMAX) failure.signal = crash.signal;
  failure.phase = phase_name(crash.phase);
  failure.worker = crash.worker;
  const std::uint32_t frames = std::min(crash.frame_count.load(), max_frames);
  for (std::uint32_t i = 0; i < frames; ++i) failure.backtrace.push_back(said(crash.frames[i]));
}

void read_findings(const Board& board, const Spec& spec, Result& result) {
  const Header& header = board.header();
  const std::uint32_t n = std::min(header.finding_count.load(), max_findings);
  for (std::uint32_t i = 0; i < n; ++i) {
    const PostedFinding& posted = header.findings[i];
    if (posted.ready.load() == 0) continue;
    const std::string kind = finding_name(posted.kind);
    if (kind.empty()) {
      result.status = "failed";
      result.reason = fmt::format("the plugin stated a finding of the unknown kind {}", posted.kind);
      continue;
    }
    add_finding(spec, result, kind, posted.certainty == FG_CERTAIN, said(posted.text));
  }
}

// A status that the plugin returned.
void judge_status(const Header& header, const Spec& spec, Result& result) {
  const std::uint32_t status = header.outcome.status;
  std::string text = said(header.outcome.text);
  const std::string where = fmt::format("{} in phase {}", who(header.outcome.worker), phase_name(header.outcome.phase));
  if (text.empty()) text = "no reason given";
  switch (status) {
    case FG_UNSUPPORTED:
    case FG_NO_RESOURCE:
      result.status = "unsupported";
      result.reason = text;
      return;
    case FG_WRONG:
      add_finding(spec, result, "wrong-result", true, text);
      result.status = "failed";
      result.reason = text;
      return;
    case FG_BAD_PARAMETER:
      result.refused = Refused::by_workload;
      [[fallthrough]];
    case FG_INTERNAL:
      result.status = "failed";
      result.reason = fmt::format("{}: {}", where, text);
      return;
    default:
      result.status = "failed";
      result.reason = fmt::format("{}: the plugin returned the unknown status {}", where, status);
  }
}

// The machine had no process or memory for it: the body was never there.
bool never_began(const Header& header, const Ending& ending) {
  const bool stated =
      header.outcome.taken.load() == 2 && header.outcome.phase == static_cast<std::uint32_t>(Phase::launch);
  const bool no_program =  // not executed, or its libraries could not be loaded
      header.body_pid.load() == 0 && WIFEXITED(ending.warden_status) && WEXITSTATUS(ending.warden_status) == 127;
  return stated || no_program;
}

void judge_refused(const Header& header, Result& result) {
  result.status = "unsupported";
  result.refused = Refused::by_machine;
  result.reason = header.outcome.taken.load() == 2 ? said(header.outcome.text)
                                                   : "the machine refused the trial's program (exit code 127)";
}

void judge_crash(const Board& board, const Spec& spec, const Ending& ending, Result& result) {
  const Header& header = board.header();
  Failure failure;
  failure.phase = phase_name(header.phase.load());
  read_crash(board, failure);
  const int status = header.body_wait_status.load();
  if (WIFSIGNALED(ending.warden_status)) {
    failure.signal = WTERMSIG(ending.warden_status);
    result.reason = fmt::format("the trial's warden was ended by signal {} ({})", WTERMSIG(ending.warden_status),
                                strsignal(WTERMSIG(ending.warden_status)));
  } else if (status != -1 && WIFSIGNALED(status)) {
    if (failure.signal == 0) failure.signal = WTERMSIG(status);
    result.reason = fmt::format("{} was ended by signal {} ({}) in phase {}", who(failure.worker), failure.signal,
                                strsignal(failure.signal), failure.phase);
  } else if (failure.signal != 0) {
    result.reason = fmt::format("{} was ended by signal {} ({}) in phase {}", who(failure.worker), failure.signal,
                                strsignal(failure.signal), failure.phase);
  } else {
    result.reason = fmt::format("the plugin ended its process with exit code {} in phase {}",
                                status == -1 ? -1 : WEXITSTATUS(status), failure.phase);
  }
  result.status = "crashed";
  result.failure = failure;
  add_finding(spec, result, "crash", true, result.reason);
}

void judge_hang(const Board& board, const Spec& spec, const Ending& ending, Result& result) {
  Failure failure;
  read_crash(board, failure);
  failure.signal = 0;
  failure.phase = name(*ending.hung_in);
  failure.worker = ending.hung_worker;
  result.status = "hung";
  result.reason = fmt::format("{} did not come back from phase {} within {:.3g} s", who(failure.worker), failure.phase,
                              static_cast<double>(spec.point.deadline_ns) / 1e9);
  result.failure = failure;
  add_finding(spec, result, "hang", true, result.reason);
}

void read_phases(const Header& header, Result& result) {
  std::uint64_t begun = header.launched_ns;
  std::string phase = name(Phase::launch);
  for (std::size_t i = 1; i < phase_count; ++i) {
    const std::uint64_t entered = header.phase_entered_ns[i].load();
    if (entered < begun || entered == 0) continue;
    result.phases_ns.emplace_back(phase, entered - begun);
    begun = entered;
    phase = name(static_cast<Phase>(i));
  }
}

void read_counters(const Header& header, const Spec& spec, Result& result) {
  for (std::size_t i = 0; i < spec.workload.counters.size() && i < max_counters; ++i) {
    if (header.counter_set[i] == 0 || !std::isfinite(header.counters[i])) continue;
    result.counters.emplace_back(spec.workload.counters[i].key, header.counters[i]);
  }
}

void judge_written_over(Result& result) {
  result.status = "failed";
  result.reason =
      "the plugin wrote over the memory that it shares with the supervisor, so nothing it says can be believed";
  result.findings = {{"wrong-result", true, false, result.reason}};
}

// Unless everything that was found was expected, a finding fails the trial.
void weigh_findings(Result& result) {
  const bool unexpected = std::any_of(result.findings.begin(), result.findings.end(),
                                      [](const Finding& f) { return f.certain && !f.expected; });
  if (result.status == "ok" && unexpected) {
    result.status = "failed";
    const auto& f = *std::find_if(result.findings.begin(), result.findings.end(),
                                  [](const Finding& g) { return g.certain && !g.expected; });
    result.reason = f.text;
  } else if (result.status == "failed" && !result.findings.empty() && !unexpected) {
    result.status = "ok";
  }
}

}  // namespace

// A board that was written over holds values that nobody ever stores there.
bool written_over(const Board& board) {
  const Header& header = board.header();
  return header.phase.load() >= phase_count || header.outcome.taken.load() > 2 || header.crash.taken.load() > 1;
}

int who_hangs(const Board& board, Phase in, std::uint64_t deadline_ns) {
  const std::uint64_t waking = board.header().wake_entered_ns.load();
  if (in == Phase::wake && waking != 0 && monotonic_ns() - waking > deadline_ns / 2) return -1;
  Stage wanted = Stage::left;
  if (in == Phase::pin) wanted = Stage::pinned;
  if (in == Phase::barrier) wanted = Stage::ready;
  if (in == Phase::join) wanted = Stage::finished;
  if (in < Phase::pin || in == Phase::start || in > Phase::join) return -1;
  for (std::uint32_t i = 0; i < board.workers(); ++i) {
    if (static_cast<Stage>(board.slot(i).stage.load()) < wanted) return static_cast<int>(i);
  }
  return -1;
}

std::string finding_name(std::uint32_t kind) {
  return kind < load::finding_names.size() ? load::finding_names[kind] : "";
}

void judge(const Board& board, const Spec& spec, const Ending& ending, Result& result) {
  const Header& header = board.header();
  result.status = "ok";
  read_findings(board, spec, result);
  const int status = header.body_wait_status.load();
  const bool done = header.phase.load() == static_cast<std::uint32_t>(Phase::done);
  const bool crash = ending.warden_status != 0 || status != 0 || !done ||
                     (header.crash.taken.load() != 0 && header.crash.signal != SIGRTMAX);
  const bool stated = header.outcome.taken.load() == 2;
  if (ending.interrupted) {
    result.status = "interrupted";
    result.reason = "ended on request";
  } else if (written_over(board)) {
    judge_written_over(result);
    return;
  } else if (ending.hung_in) {
    judge_hang(board, spec, ending, result);
  } else if (never_began(header, ending)) {
    judge_refused(header, result);
  } else if (crash) {
    judge_crash(board, spec, ending, result);
  } else if (header.outcome.taken.load() != 0) {
    judge_status(header, spec, result);
  }
  // It stays wrong, whatever became of the trial after that was said.
  if (stated && header.outcome.status == FG_WRONG && (result.failure || ending.interrupted))
    add_finding(spec, result, "wrong-result", true, said(header.outcome.text));
  weigh_findings(result);
  read_counters(header, spec, result);
  read_phases(header, result);
}

}  // namespace fairground::trial
