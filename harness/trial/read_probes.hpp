// From the probes' logs on the board to a ProbeResult, after the trial.
#pragma once

#include "trial/board.hpp"
#include "trial/probe_result.hpp"
#include "trial/window.hpp"

namespace fairground::trial {

// The window is closed and the trial's processes have ended. No count on the board is trusted: what makes no sense
// (positions beyond the last, windows that don't add up, bursts with holes) is left out.
ProbeResult read_probes(const Board&, const Window&, TickSource);

}  // namespace fairground::trial
