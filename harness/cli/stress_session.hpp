// A stress run from its first draw to its last line.
#pragma once

#include <functional>

#include "cli/screen.hpp"
#include "cli/session.hpp"
#include "cli/stress_plan.hpp"

namespace fairground::cli {

// Trials side by side, each a draw, until the time is over; a failing draw is then run again alone, shrunk, and printed
// as the command that shows it. Writes the record. Returns the exit code: 0; 1 if anything failed or nothing could run;
// 130 if it was interrupted. `runner` is called from several threads at a time. Throws UserError as run_session does.
int run_stress(const StressPlan&, const TrialRunner& runner, Screen&, const std::function<bool()>& interrupted);

}  // namespace fairground::cli
