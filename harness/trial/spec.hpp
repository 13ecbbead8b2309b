// A trial from outside: what it is told to do, and what came back. Raw facts only; metrics are made from them in
// record/.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/point.hpp"
#include "plan/workload_info.hpp"
#include "trial/probe_result.hpp"

namespace fairground::trial {

struct Spec {
  plan::WorkloadInfo workload;  // its plugin path included
  plan::Point point;
  std::vector<std::vector<unsigned>> places;  // one per worker: OS indexes; empty: not pinned
  std::uint64_t seed = 0;
  std::uint64_t sample_ns = 10'000'000;
  std::string
      scratch_parent;  // where a workload that writes files gets its private folder; empty: the temporary folder
  std::vector<Spec> companions;          // run beside it, each in processes of its own; they have none themselves
  std::vector<unsigned> shuffled_among;  // units between which its workers change places: OS indexes
  std::atomic<std::int32_t>* warden = nullptr;  // told the first process's id while the trial runs, 0 before and after

  [[nodiscard]] bool promises_fairness() const { return workload.promises_fairness_with(point.parameters); }
};

// A span between two stamps of one worker that lasted at least 1 ms. Times in ns relative to the window's start T0;
// both may lie outside [0, window].
struct Gap {
  std::int64_t begin_ns = 0;
  std::int64_t end_ns = 0;
  std::uint64_t operations = 0;    // completed by its end; 0: still open when the worker was last seen
  std::uint64_t run_delay_ns = 0;  // of it spent ready to run, without a unit (schedstat)
};

struct WorkerResult {
  unsigned worker = 0;
  std::string class_name;                                        // reader, writer; empty: none
  std::vector<unsigned> units_asked, units_allowed, units_seen;  // plan; sched_getaffinity; the CPU at each sample
  std::uint64_t operations = 0;                                  // in the window
  // Of 2 to 100 completions: operations after the first up to the last, times T / (last - first completion).
  std::optional<double> effective_operations;
  std::int64_t longest_gap_begin_ns = 0,
               longest_gap_end_ns = 0;       // the longest span between stamps, clipped to the window
  std::uint64_t longest_gap_operations = 0;  // completed in it; 0: open at the end
  std::vector<Gap> gaps;
  std::uint64_t gaps_dropped = 0;
  bool waiting = false;          // at the window's end, for a resource
  bool gap_delays_known = true;  // false: the kernel does not tell run delay, and that of gaps may be 0 for that reason
  // In the window. Null: the kernel does not tell.
  std::uint64_t user_ns = 0, system_ns = 0;
  std::optional<std::uint64_t> run_delay_ns = 0;
  std::uint64_t voluntary_switches = 0, involuntary_switches = 0;
  std::optional<std::uint64_t> migrations = 0;
};

// A contender that is not a worker.
struct ContenderResult {
  unsigned contender = 0;
  std::string class_name;
  std::vector<unsigned> units;
  std::vector<unsigned> units_seen;  // where it was stamped
  std::uint64_t operations = 0;
  bool stamped = false;
  std::optional<std::int64_t> longest_gap_ns;  // exact, if it was stamped; else from the samples
};

struct Finding {
  std::string kind;  // deadlock livelock starvation lost-update hang crash leak wrong-result
  bool certain = true;
  bool expected = false;
  std::string text;
};

struct Failure {
  int signal = 0;     // 0: none
  std::string phase;  // load create configure setup pin barrier warm-up measure stop wake join verify teardown
  int worker = -1;    // -1: the control thread
  std::vector<std::string> backtrace;
};

// Counts at the sampler's times. end_ns[k]: ns since T0; operations[i][k]: what contender i did in (end[k-1], end[k]].
struct Progress {
  std::vector<std::int64_t> end_ns;
  std::vector<std::vector<std::uint64_t>> operations;
};

// Who refused a trial that the workload is not to blame for.
enum class Refused {
  no,
  by_machine,   // no process, descriptor, folder or memory was to be had for it
  by_workload,  // it said FG_BAD_PARAMETER: these values don't go together
};

struct Result {
  std::string status = "ok";  // ok unsupported failed crashed hung interrupted
  Refused refused = Refused::no;
  std::string reason;
  std::optional<Failure> failure;
  std::vector<Finding> findings;
  std::uint64_t window_ns = 0;
  std::uint64_t paused_ns = 0;  // of the window, by stutter
  std::uint64_t window_start_realtime_ns = 0;
  std::vector<std::pair<std::string, std::uint64_t>> phases_ns;
  std::vector<WorkerResult> workers;
  std::vector<ContenderResult> contenders;  // empty: the workers are the contenders
  Progress progress;                        // of the contenders
  std::optional<ProbeResult> probes;        // above the level edges, if the window was closed
  std::vector<std::pair<std::string, double>> counters;
  std::vector<std::string> warnings;  // codes
  std::uint64_t lateness_ns = 0;      // of the window's end, against what was asked
  std::uint64_t snapshot_ns = 0;      // width of the wider of the two snapshots
  std::string output;                 // the tail of what the plugin printed
  std::uint64_t trial_cpu_ns = 0;     // in the window, of all its processes, in steps of a clock tick
  nlohmann::json environment = nlohmann::json::object();
  // Of the spec's, in its order, those that were started; over the same window. If one of them did not end well, this
  // trial has its status, and a reason that names it.
  std::vector<Result> companions;
};

// What a watcher sees at every sample, for live progress and for detectors. Valid during the call only.
struct Sample {
  std::string phase;  // warm-up or measure
  std::uint64_t elapsed_ns = 0, total_ns = 0;
  struct Contender {
    std::vector<unsigned> units;
    std::uint64_t operations = 0;  // since the phase began
    std::uint64_t longest_gap_ns = 0;
    std::uint64_t standing_ns = 0;  // no operation for so long now
  };
  std::vector<Contender> contenders;
};
using OnSample = std::function<void(const Sample&)>;

// Run one trial to its end. Never throws for what the plugin does; throws SystemError if the machine refuses a process.
// `interrupted` is polled: once it returns true the trial is ended and its status is `interrupted`. Several threads may
// each run a trial at the same time; a child of this process that is not kept (base/descendants.hpp) may be ended with
// one whose warden was killed.
Result run(const Spec&, const OnSample&, const std::function<bool()>& interrupted);

// The entry point of a trial's first process, reached through the hidden argument --warden; it forks the second, the
// body.
int warden_main(int argc, char** argv);

}  // namespace fairground::trial
