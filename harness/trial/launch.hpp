// Starting the two processes of a trial, and what the three processes share of the launch.
#pragma once

#include <sys/types.h>

#include "base/descriptor.hpp"
#include "trial/board.hpp"

namespace fairground::trial {

// Descriptors that a warden finds open, by number.
inline constexpr int board_fd = 3;
inline constexpr int lifeline_fd = 4;  // read end; end of file: the supervisor is gone; a byte: end the trial
inline constexpr int event_fd = 5;     // eventfd: the body has something to say

inline constexpr int output_pipe_bytes = 1 << 20;

// A launched trial as the supervisor holds it.
struct Launched {
  pid_t warden = -1;
  Descriptor warden_pidfd;
  Descriptor lifeline;  // write end
  Descriptor event;
  Descriptor output;  // read end of the trial's standard output and error, non-blocking
};

// This program executed anew as warden, with the board. Throws SystemError, and leaves nothing open then.
Launched launch(const Board&);

}  // namespace fairground::trial
