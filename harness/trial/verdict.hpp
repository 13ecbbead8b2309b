// What became of a trial, read from its board after it ended: status, reason, failure, findings, counters, phases.
#pragma once

#include "trial/board.hpp"
#include "trial/spec.hpp"

#include <optional>
#include <string>

namespace fairground::trial {

// How the supervisor saw it end.
struct Ending {
  bool interrupted = false;
  std::optional<Phase> hung_in;  // a phase went past its deadline
  int hung_worker = -1;
  int warden_status = 0;         // wait status
};

// Fill status, reason, failure, findings, counters and phases_ns. The board is not trusted: numbers are checked.
void judge(const Board&, const Spec&, const Ending&, Result&);

// The name that the record has for a kind of finding; empty for a number that is none.
std::string finding_name(std::uint32_t kind);

}  // namespace fairground::trial
