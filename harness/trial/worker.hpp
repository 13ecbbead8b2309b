// Workers: threads or forked processes that pin themselves, run the workload's loop, and say on the board how far they
// are.
#pragma once

#include <sys/types.h>

#include <thread>
#include <vector>

#include "trial/host.hpp"

namespace fairground::trial {

// What a worker needs of its trial.
struct Crew {
  Host* host = nullptr;
  const fg_workload* workload = nullptr;
  void* self = nullptr;
  void* state = nullptr;
  std::vector<std::vector<unsigned>> places;  // one per worker; empty: not pinned
  bool as_processes = false;
};

// Write the first failure to the board; later ones are its consequences.
void report(Header&, fg_status, Phase, int worker, const char* text);

class Workers {
 public:
  Workers(Crew crew, std::uint32_t count) : crew_(std::move(crew)), count_(count) {}

  void spawn();  // they pin themselves and wait; returns once all are pinned. Reports if not all could be made
  void start();  // let them call worker_start; returns once all are ready or have failed
  void run();    // let them run
  // Reaps workers' processes that ended, and reports one that did not end well; every 10 ms at most. [control]
  void look_after();
  [[nodiscard]] bool all(Stage) const;  // have all come at least so far (or died)?
  bool leave();                         // waits 10 ms at most for all to leave `run`; have they?
  void join();

 private:
  // An arrival counter of the header's, and where it stands when all have arrived.
  struct Arrivals {
    const std::atomic<std::uint32_t>& now;
    std::uint32_t all;
  };
  void spawn_one(std::uint32_t i);  // throws std::system_error
  [[nodiscard]] bool gone(std::uint32_t i) const;
  bool wait_a_little(Stage, Arrivals);
  void wait_for(Stage, Arrivals);
  Crew crew_;
  std::uint32_t count_;  // of those that could be made, once they are
  std::vector<std::thread> threads_;
  std::vector<pid_t> processes_;  // 0: reaped
  bool any_gone_ = false;
  std::uint64_t looked_ns_ = 0;
};

}  // namespace fairground::trial
