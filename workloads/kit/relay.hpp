// Semaphores as messengers: each worker waits for its own, and whoever has been woken wakes others.
//
//   ring    worker i wakes i + 1, the last one wakes the first: the workers take turns, in strict order
//   signal  worker 0 wakes all others, the last of whom to hear of it wakes worker 0 for the next event
//
// No semaphore ever has more than one permit. Nobody is woken for nothing at the end: when it is time to go, each who
// is woken passes the word on and leaves, and [control] does so for those who have left before the word came.
#pragma once

#include <cstdint>
#include <string>

#include "kit/relax.hpp"

namespace fairground::kit {

template <class S>
class Relay {
 public:
  struct Cell {
    alignas(line) S semaphore;
    alignas(line) std::uint64_t heard;  // signal: the last event that this worker heard of
    std::uint32_t gone;                 // atomic
  };

  // [control, in setup] Where worker 0's semaphore has one permit, the others' none.
  void setup(Cell* cells, std::uint32_t n, bool ring) {
    cells_ = cells;
    n_ = n;
    ring_ = ring;
    hearers_ = n - 1;  // all have heard that nothing has happened yet
  }

  // [worker i, having taken its own semaphore; or control, for one who has left]
  void pass_on(std::uint32_t i) {
    if (ring_) {
      expect(turn_ % n_ == i);
      const std::uint64_t turn = ++turn_;
      return cells_[turn % n_].semaphore.release();
    }
    if (i != 0) return hear(i);
    ++turn_;
    __atomic_store_n(&hearers_, 0, __ATOMIC_RELAXED);
    for (std::uint32_t other = 1; other < n_; ++other) cells_[other].semaphore.release();
    if (n_ == 1) cells_[0].semaphore.release();
  }

  // [worker] Is it time to go?
  [[nodiscard]] bool closing() const { return __atomic_load_n(&closing_, __ATOMIC_RELAXED) != 0; }
  // [worker i] It will take its semaphore no more.
  void leave(std::uint32_t i) { __atomic_store_n(&cells_[i].gone, 1, __ATOMIC_RELEASE); }

  // [control, after stop; again and again] What is waiting for those who have left goes to those who have not.
  void close() {
    __atomic_store_n(&closing_, 1, __ATOMIC_RELAXED);
    bool moved = true;
    for (std::uint32_t round = 0; moved && round < n_; ++round) {
      moved = false;
      for (std::uint32_t i = 0; i < n_; ++i)
        if (__atomic_load_n(&cells_[i].gone, __ATOMIC_ACQUIRE) != 0 && cells_[i].semaphore.acquire_within(0)) {
          pass_on(i);
          moved = true;
        }
    }
  }

  // [control, all have left] Permits that worker i's semaphore has to have now.
  [[nodiscard]] std::uint32_t expected(std::uint32_t i) const {
    if (ring_) return turn_ % n_ == i ? 1 : 0;
    if (i != 0) return cells_[i].heard == turn_ ? 0 : 1;
    return n_ == 1 || hearers_ == n_ - 1 ? 1 : 0;
  }
  // [control] Times that somebody was woken out of turn, or missed an event.
  [[nodiscard]] std::uint64_t misordered() const { return misordered_; }

 private:
  void hear(std::uint32_t i) {
    const std::uint64_t event = turn_;
    expect(event == cells_[i].heard + 1);
    cells_[i].heard = event;
    if (__atomic_add_fetch(&hearers_, 1, __ATOMIC_ACQ_REL) == n_ - 1) cells_[0].semaphore.release();
  }
  void expect(bool right) {
    if (!right) __atomic_fetch_add(&misordered_, 1, __ATOMIC_RELAXED);
  }

  Cell* cells_;
  std::uint32_t n_;
  bool ring_;
  alignas(line) std::uint64_t turn_;  // turns, or events, up to now. Plain: the semaphores order it
  std::uint32_t hearers_;             // atomic: who have heard of the last event
  std::uint64_t misordered_;          // atomic
  alignas(line) std::uint32_t closing_;
};

}  // namespace fairground::kit
