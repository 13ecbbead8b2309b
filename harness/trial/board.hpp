// The board: one shared memory file through which a trial and the supervisor see each other. It survives a crash of the
// trial. The plugin's process can write all over it, so the supervisor trusts no index, count or text on it unchecked.
#pragma once

#include <fairground/plugin.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "trial/probe_log.hpp"

namespace fairground::trial {

enum class Phase : std::uint32_t {
  launch,
  load,
  create,
  configure,
  setup,
  pin,
  start,
  barrier,
  warm_up,
  measure,
  stop,
  wake,
  join,
  verify,
  teardown,
  destroy,
  done
};
inline constexpr std::size_t phase_count = static_cast<std::size_t>(Phase::done) + 1;
const char* name(Phase);

// Where one worker stands.
enum class Stage : std::uint32_t { absent, pinned, starting, ready, running, left, finished };

inline constexpr std::uint32_t max_findings = 32;
inline constexpr std::uint32_t max_counters = 32;
inline constexpr std::uint32_t max_frames = 24;
inline constexpr std::uint32_t max_contenders = 65'536;
inline constexpr std::uint32_t gap_ring = 1'024;  // drained at every sample; a gap lasts 1 ms or more
inline constexpr std::uint32_t seen_words = 64;   // units up to 4,095

// Set by whoever fails first (compare-exchange on `taken`).
struct Outcome {
  std::atomic<std::uint32_t> taken;
  std::uint32_t status;  // fg_status as returned, unchecked
  std::uint32_t phase;
  std::int32_t worker;  // -1: control
  std::array<char, 512> text;
};

struct Crash {
  std::atomic<std::uint32_t> taken;
  std::int32_t signal;
  std::uint32_t phase;
  std::int32_t worker;
  std::atomic<std::uint32_t> frame_count;
  std::array<std::array<char, 128>, max_frames> frames;
};

struct PostedFinding {
  std::atomic<std::uint32_t> ready;
  std::uint32_t kind;
  std::uint32_t certainty;
  std::array<char, 256> text;
};

struct alignas(128) Header {
  // Set by the supervisor before the launch.
  std::uint32_t worker_count;
  std::uint32_t tick_source;
  double ticks_per_ns;
  std::uint32_t stamping;     // 0: without stamps, to measure what they cost
  std::uint32_t probe_level;  // while the window is open; above 0 there are probe logs behind the spec
  std::uint64_t spec_bytes;
  std::uint64_t launched_ns;

  // Supervisor to body.
  alignas(128) std::atomic<std::uint32_t> stop;  // futex
  std::atomic<std::uint32_t> paused;             // futex: workers wait in `go` while it is 1
  std::atomic<std::uint32_t> held;         // futex: 1: don't let ready workers run; 2, from the body: it holds them
  std::atomic<std::uint64_t> window_open;  // ticks, 0: not yet
  std::atomic<std::uint64_t> window_close;

  // Body to supervisor.
  alignas(128) std::atomic<std::uint32_t> phase;
  std::atomic<std::uint64_t> phase_entered_ns[phase_count];  // CLOCK_MONOTONIC, 0: never
  std::atomic<std::int32_t> body_pid;
  std::atomic<std::int32_t> body_wait_status;  // by the warden, -1 until it ended
  std::atomic<std::uint32_t> contender_count;  // 0: the workers are
  std::atomic<std::uint32_t> places_known;
  Outcome outcome;
  Crash crash;
  std::atomic<std::uint32_t> finding_count;
  std::array<PostedFinding, max_findings> findings;
  std::array<double, max_counters> counters;
  std::array<std::uint32_t, max_counters> counter_set;

  // Inside the body: workers' stages.
  alignas(128) std::atomic<std::uint32_t> release;   // futex: 0 hold, 1 start, 2 run
  std::atomic<std::uint32_t> ready, left, finished;  // futexes: how many workers; `ready`: pinned ones and ready ones
  std::atomic<std::uint64_t> wake_entered_ns;        // since when the control thread is inside wake(); 0: it isn't
};

// A span between stamps of 1 ms or more, in ticks.
struct GapRecord {
  std::uint64_t begin, end, operations, run_delay_ns;
};

// One worker: its line, which the plugin's loop uses, and what the slow path of fg_go keeps.
struct alignas(128) Slot {
  fg_worker w;
  alignas(128) std::uint64_t stamp_ticks;  // the last stamp
  std::uint64_t stamp_count;
  std::uint64_t gap_begin, gap_end, gap_operations;  // longest span, clipped to the window so far; atomics (builtin)
  std::uint64_t first_completion, last_completion;   // of the window, ticks; 0: none
  std::uint64_t first_count, last_count;             // the count at these two
  std::uint64_t completions;                         // stamped in the window, however many operations each
  std::uint64_t delay_read_ticks, delay_read_ns;     // schedstat when last read
  std::int32_t schedstat_fd;                         // in the worker's process, + 1; 0: none
  std::atomic<std::uint32_t> delay_unknown;          // 1: schedstat could not be opened, or read, at least once
  std::atomic<std::uint32_t> stage;
  std::atomic<std::int32_t> pid, tid;
  std::array<char, 28> class_name;                   // of the worker as a contender; empty: none
  std::atomic<std::uint32_t> gap_written, gap_read;  // ring positions
  std::atomic<std::uint64_t> gaps_dropped;
  std::array<std::atomic<std::uint64_t>, seen_words> seen;  // units, as bits
  alignas(128) std::array<GapRecord, gap_ring> gaps;
};

// What a contender other than a worker is, beside its counter.
struct ContenderNote {
  std::uint32_t place;
  std::array<char, 28> class_name;
  std::array<std::atomic<std::uint64_t>, seen_words> seen;  // units on which it was stamped, as bits
};

// The mapping of a board, made by the supervisor and opened by its trial.
class Board {
 public:
  // probe_level above 0 makes room for the probes' logs. Throws SystemError.
  static Board create(std::uint32_t workers, const std::string& spec, std::uint32_t probe_level = 0);
  static Board open(int fd);
  Board(Board&&) noexcept;
  Board& operator=(Board&&) = delete;
  ~Board();

  [[nodiscard]] int fd() const { return fd_; }
  void close_file();  // the mapping stays
  [[nodiscard]] Header& header() const { return *reinterpret_cast<Header*>(base_); }
  [[nodiscard]] Slot& slot(std::uint32_t i) const;
  [[nodiscard]] fg_contender_slot* contenders() const;
  [[nodiscard]] ContenderNote* contender_notes() const;
  [[nodiscard]] std::uint32_t workers() const { return workers_; }
  // Only on a board that was made with a probe level above 0.
  [[nodiscard]] bool probed() const { return probes_ != 0; }
  [[nodiscard]] OrderLog& order_log() const { return *reinterpret_cast<OrderLog*>(base_ + probes_); }
  [[nodiscard]] ProbeLog& probe_log(std::uint32_t i) const {
    return reinterpret_cast<ProbeLog*>(base_ + probes_ + sizeof(OrderLog))[i];
  }
  [[nodiscard]] std::string spec() const;

 private:
  Board(int fd, char* base, std::size_t bytes, std::uint32_t workers, std::size_t spec_bytes, std::size_t probes)
      : fd_(fd), base_(base), bytes_(bytes), workers_(workers), spec_bytes_(spec_bytes), probes_(probes) {}
  int fd_;
  char* base_;
  std::size_t bytes_;
  std::uint32_t workers_;  // the header's own may be overwritten by a plugin; so may these two
  std::size_t spec_bytes_;
  std::size_t probes_;  // offset of the probes' logs, 0: none
};

// Wait while the word has this value, at most so long; a shared futex, so it works between processes.
void futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t value, std::uint64_t timeout_ns);
void futex_wake_all(const std::atomic<std::uint32_t>& word);

// Copy a sentence into a fixed field, whole UTF-8 aside, always terminated; and read one back, bounded.
template <std::size_t N>
void put_text(std::array<char, N>& field, const char* text) {
  std::size_t i = 0;
  for (; text != nullptr && i + 1 < N && text[i] != 0; ++i) field[i] = text[i];
  field[i] = 0;
}
template <std::size_t N>
std::string get_text(const std::array<char, N>& field) {
  std::size_t n = 0;
  while (n < N && field[n] != 0) ++n;
  return {field.data(), n};
}

}  // namespace fairground::trial
