// The slow path of the probes above `edges`, inside the body: what fg_host.probe does at each event of resource.h.
#pragma once

#include <fairground/plugin.h>

#include <cstdint>

#include "trial/probe_log.hpp"

namespace fairground::trial {

// The levels, as fg_worker.probe_level and plan::probe_levels have them.
inline constexpr std::uint32_t level_edges = 0, level_sampled = 1, level_full = 2;

// One acquisition in about so many is stamped at the level `sampled`: the next is 1 ... 511 on, each as likely.
inline constexpr std::uint32_t sampled_span = 511;

// Where worker w's probes write. Only that worker calls it; when it is gone, the supervisor.
class Probe {
 public:
  Probe(ProbeLog& log, OrderLog& order) : log_(&log), order_(&order) {}

  void event(fg_worker& w, fg_resource& r, fg_event event);

  // Make a worker's line ready: where its stamps go, and when its first stamped acquisition is due.
  void prepare(fg_worker& w, std::uint64_t seed, std::uint32_t level);

  // Account for what is stamped and whole. In the body when there is no room for more; when the worker is gone, for
  // the rest.
  void settle(fg_probe& p);

 private:
  void order(fg_worker& w);
  void flush_window(std::uint64_t count);
  void wait(fg_worker& w, fg_resource& r);
  void account(const fg_stamps& s);
  std::uint64_t note_worst(std::uint64_t wait, std::uint64_t end);
  void keep_worst(std::uint64_t end);

  ProbeLog* log_;
  OrderLog* order_;
};

}  // namespace fairground::trial
