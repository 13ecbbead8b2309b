// Where a plugin crashed: signal handlers of the body that write signal, phase, worker and a backtrace to the board.
#pragma once

#include "trial/board.hpp"

namespace fairground::trial {

// Handle the deadly signals of this process (and of those it forks); the board must outlive it. SIGRTMAX writes a
// backtrace without dying: the supervisor's question to a body that hangs.
void watch_for_crashes(Board&);

// The calling thread is worker i (-1: control); gives it a stack for the handler, so that an overflow is seen too.
void crash_identity(int worker);

}  // namespace fairground::trial
