#include "trial/disturb.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/affinity.hpp"
#include "base/clock.hpp"
#include "base/descendants.hpp"

namespace fairground::trial {

Disturb::Disturb(Board& board, const Spec& spec) : board_(board), spec_(spec), random_(hash_of(spec.seed, 0x5u)) {}

void Disturb::tick(std::uint64_t now_ns, std::uint64_t end_ns) {
  if (ended_) return;
  if (spec_.point.stutter_ns > 0) stutter(now_ns, end_ns);
  if (spec_.point.shuffle_ns == 0 || spec_.shuffled_among.empty() || now_ns < shuffle_due_ns_) return;
  if (shuffle_due_ns_ > 0) shuffle();
  shuffle_due_ns_ = now_ns + spec_.point.shuffle_ns;
}

void Disturb::end() {
  ended_ = true;
  if (paused_) pause(false);
}

void Disturb::stutter(std::uint64_t now_ns, std::uint64_t end_ns) {
  if (stutter_due_ns_ == 0) stutter_due_ns_ = now_ns + spec_.point.stutter_ns;
  if (now_ns < stutter_due_ns_) return;
  stutter_due_ns_ = now_ns + spec_.point.stutter_ns;
  // A sample may come late by as much again.
  const bool room = end_ns == UINT64_MAX || now_ns + 2 * (spec_.point.stutter_ns + spec_.sample_ns) < end_ns;
  pause(!paused_ && room);
}

void Disturb::pause(bool on) {
  if (paused_ == on) return;
  paused_before_ns_ = paused_ns();
  paused_since_ns_ = monotonic_ns();
  paused_ = on;
  board_.header().paused.store(on ? 1 : 0);
  if (!on) futex_wake_all(board_.header().paused);
  // Else workers would come to see it only at their next stamp.
  for (std::uint32_t i = 0; i < board_.workers(); ++i) __atomic_store_n(&board_.slot(i).w.horizon, 0, __ATOMIC_RELAXED);
}

std::uint64_t Disturb::paused_ns() const {
  return paused_before_ns_ + (paused_ ? monotonic_ns() - paused_since_ns_ : 0);
}

void Disturb::shuffle() {
  for (std::uint32_t i = 0; i < board_.workers(); ++i) {
    const std::int32_t pid = board_.slot(i).pid.load(), tid = board_.slot(i).tid.load();
    const unsigned unit = spec_.shuffled_among[random_.below(spec_.shuffled_among.size())];
    if (is_ours(pid, tid)) pin_to({unit}, tid);
  }
}

// A plugin may have written anything there. A thread of the body's, or a process that the body has forked.
bool Disturb::is_ours(std::int32_t pid, std::int32_t tid) const {
  const std::int32_t body = board_.header().body_pid.load();
  if (body <= 1 || tid <= 1) return false;
  if (spec_.point.as_processes) return pid == tid && parent_of(pid) == body;
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%d/task/%d", body, tid);
  return access(path, F_OK) == 0;
}

}  // namespace fairground::trial
