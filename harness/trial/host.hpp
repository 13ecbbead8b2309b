// The host's side of the plugin interface, inside the body: the table that a workload is given, and the slow path of
// its loop, where stamps, gaps, the window and the stop are.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "trial/board.hpp"
#include "trial/probe.hpp"

namespace fairground::trial {

class Host {
 public:
  // places: one per worker, OS indexes. The host must outlive the workload; its address stays the same in forked
  // workers.
  Host(Board&, std::uint32_t workers, bool as_processes, std::uint64_t seed,
       const std::vector<std::vector<unsigned>>& places);
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] const fg_host* table() const { return &table_; }
  [[nodiscard]] Board& board() const { return board_; }

  // Zeroed bytes in a mapping that later forks share, at one address. Null if there is no memory.
  void* shared_alloc(std::size_t bytes, std::size_t alignment);

  // Make slot i ready for its worker: the line's fixed fields. Its probe level is the supervisor's to set.
  void prepare(std::uint32_t i, std::uint64_t seed);
  // On the worker, just before run: open its schedstat and put the first stamp.
  void begin(Slot&);
  // After the workers have left: a finding for every resource whose exclusion or permits were broken.
  void check_resources();

 private:
  friend struct HostCalls;
  Board& board_;
  TickSource source_;
  std::uint64_t long_operation_;  // ticks: one stamp each above this
  std::uint64_t stamp_every_;     // ticks between stamps, aimed at
  std::uint64_t gap_least_;       // ticks of 1 ms
  std::uint64_t delay_stale_;     // ticks after which schedstat is read again
  bool stamping_;
  std::deque<fg_place> places_;
  std::vector<Probe> probes_;  // each worker's; none at the level `edges`
  std::vector<const fg_place*> place_pointers_;
  std::vector<std::vector<unsigned>> units_;
  std::vector<std::pair<const fg_resource*, std::string>> resources_;
  char* chunk_ = nullptr;
  std::size_t chunk_left_ = 0;
  fg_host table_{};
};

// fg_go's next horizon: how many operations until the next stamp, after one that closed L ticks over c > 0 operations:
// 1 if L > long_operation, else min(8192, 9c/8 + 1, stamp_every * c / L).
std::uint64_t next_stamp(std::uint64_t length, std::uint64_t operations, std::uint64_t long_operation,
                         std::uint64_t stamp_every);

}  // namespace fairground::trial
