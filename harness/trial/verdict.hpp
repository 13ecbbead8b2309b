// What became of a trial, read from its board after it ended: status, reason, failure, findings, counters, phases.
#pragma once

#include <optional>
#include <string>

#include "trial/board.hpp"
#include "trial/spec.hpp"

namespace fairground::trial {

// How the supervisor saw it end.
struct Ending {
  bool interrupted = false;
  std::optional<Phase> hung_in;  // a phase went past its deadline
  int hung_worker = -1;
  int warden_status = 0;  // wait status
};

// Fill status, reason, failure, findings, counters and phases_ns. The board is not trusted: numbers are checked.
void judge(const Board&, const Spec&, const Ending&, Result&);

// Has the plugin written over what it shares with the supervisor? Then nothing on the board can be believed.
bool written_over(const Board&);

// The worker that keeps this phase, past its deadline, from ending; -1: the control thread.
int who_hangs(const Board&, Phase, std::uint64_t deadline_ns);

// The name that the record has for a kind of finding; empty for a number that is none.
std::string finding_name(std::uint32_t kind);

}  // namespace fairground::trial
