// What a stress run does to a trial while it runs, as the kernel's locktorture does: the load goes off and on
// (stutter), and workers change places (shuffle).
#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "trial/board.hpp"
#include "trial/spec.hpp"

namespace fairground::trial {

class Disturb {
 public:
  // Both must outlive this.
  Disturb(Board&, const Spec&);

  // At a sample: what is due is done. The load is not turned off where it would be off at `end_ns`, for then the
  // window's last gap would be the pause.
  void tick(std::uint64_t now_ns, std::uint64_t end_ns);
  // The load is on from here on, and nothing moves any more. The last places stay.
  void end();
  // For how long the load has been off, so far.
  [[nodiscard]] std::uint64_t paused_ns() const;

 private:
  void stutter(std::uint64_t now_ns, std::uint64_t end_ns);
  void pause(bool on);
  void shuffle();
  [[nodiscard]] bool is_ours(std::int32_t pid, std::int32_t tid) const;

  Board& board_;
  const Spec& spec_;
  Random random_;
  bool paused_ = false, ended_ = false;
  std::uint64_t stutter_due_ns_ = 0, shuffle_due_ns_ = 0;  // 0: not begun
  std::uint64_t paused_since_ns_ = 0, paused_before_ns_ = 0;
};

}  // namespace fairground::trial
