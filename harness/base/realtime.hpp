// The supervisor's own threads before everybody else's.
#pragma once

namespace fairground {

// SCHED_FIFO for the calling thread alone (what it starts is ordinary): at priority 10, so that workers with a
// real-time priority of their own, a lock's ceiling included, can't keep it from ending them; at 1 where no more is
// permitted. Tried once a thread. False if neither is permitted.
bool be_realtime();

}  // namespace fairground
