// A trial's processes as the supervisor holds them: launched, listened to, asked to stop, ended, reaped.
#pragma once

#include <cstdint>
#include <string>

#include "trial/launch.hpp"

namespace fairground::trial {

class Process {
 public:
  explicit Process(const Board& board);  // launches; throws SystemError
  ~Process();                            // ends what is left and waits for it
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Wait for news (an event of the body's, the end) at most so long; takes what it printed meanwhile.
  void wait(std::uint64_t timeout_ns);
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] pid_t warden() const { return launched_.warden; }
  // The warden's wait status, once ended: non-zero if it was killed itself.
  [[nodiscard]] int warden_status() const { return warden_status_; }
  void end();  // tell the warden to end the body, and wait until all is gone

  // Ask a hanging body for a backtrace (SIGRTMAX to that thread), and give it 50 ms to write it.
  void question(std::int32_t pid, std::int32_t tid);

  // The last 4 KiB of what the trial printed.
  [[nodiscard]] const std::string& output() const { return output_; }

 private:
  void read_output();
  void reap();
  void sweep();
  const Board& board_;
  Launched launched_;
  bool ended_ = false;
  int warden_status_ = 0;
  std::string output_;
};

}  // namespace fairground::trial
