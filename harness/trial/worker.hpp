// Workers: threads or forked processes that pin themselves, run the workload's loop, and say on the board how far they are.
#pragma once

#include "trial/host.hpp"

#include <sys/types.h>

#include <thread>
#include <vector>

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

  void spawn();  // they pin themselves and wait; returns once all are pinned, or one could not start (reported)
  void start();  // let them call worker_start; returns once all are ready or have failed
  void run();    // let them run
  // Reaps workers' processes that ended, and reports one that did not end well. [control, now and then]
  void look_after();
  [[nodiscard]] bool all(Stage) const;  // have all come at least so far (or died)?
  void join();

 private:
  [[nodiscard]] bool gone(std::uint32_t i) const;
  void wait_for(Stage, const std::atomic<std::uint32_t>& progress);
  Crew crew_;
  std::uint32_t count_;
  std::vector<std::thread> threads_;
  std::vector<pid_t> processes_;  // 0: reaped
};

}  // namespace fairground::trial
