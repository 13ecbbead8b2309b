// Does what is printed get to standard output?
#pragma once

namespace fairground::cli {

// Is standard output a pipe, a socket or a terminal at whose other end nobody is any more?
bool nobody_reads();

// Throws UserError if something that was printed did not get there (a full disk), but for a reader that went away.
void check_output();

}  // namespace fairground::cli
