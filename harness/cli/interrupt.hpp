// Ctrl-C, SIGTERM and a terminal that goes away end a run well; a second Ctrl-C ends it at once.
#pragma once

namespace fairground::cli {

// To be made once, by the program. The first of SIGINT, SIGTERM, SIGHUP makes interrupted() true. The second shows the
// cursor again, ends every process that this one started, and leaves with exit code 130. SIGPIPE does nothing: a write
// to a pipe that nobody reads fails instead. Children start with all of these signals at their defaults.
void catch_interrupts(int terminal_descriptor);
bool interrupted();

}  // namespace fairground::cli
