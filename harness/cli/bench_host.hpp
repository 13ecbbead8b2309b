// The host's side of the plugin interface under Google Benchmark: its State says when a worker goes on, and nothing is
// stamped or sampled.
#pragma once

#include <benchmark/benchmark.h>
#include <fairground/plugin.h>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fairground::cli {

class BenchHost {
 public:
  BenchHost(std::uint32_t workers, std::uint64_t seed, const std::vector<std::vector<unsigned>>& places,
            std::uint32_t contenders_at_most);
  ~BenchHost();
  BenchHost(const BenchHost&) = delete;
  BenchHost& operator=(const BenchHost&) = delete;

  [[nodiscard]] const fg_host* table() const { return &table_; }
  void* shared_alloc(std::size_t bytes);  // zeroed, aligned to 4096; null if there is no memory

  // The worker's line, which takes its turns from this state from now on.
  fg_worker* worker(std::uint32_t index, benchmark::State& state);
  // Take what turns the state has left, so that it and the other workers' come to their end. After run.
  void drain(std::uint32_t index);
  [[nodiscard]] std::uint64_t count(std::uint32_t index) const { return lanes_[index]->w.count; }

  // A sentence: a finding of the plugin's that is not among `expected` (bits), or a resource that was entered while it
  // was taken. Empty: nothing.
  [[nodiscard]] std::string trouble(std::uint32_t expected) const;

 private:
  struct alignas(128) Lane {
    fg_worker w{};
    benchmark::State* state = nullptr;
    bool finished = false;
  };
  static BenchHost& of(const fg_host* host) { return *static_cast<BenchHost*>(host->context); }
  static int go(fg_worker*);

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<fg_contender_slot> contenders_;
  std::vector<std::vector<unsigned>> units_;
  std::deque<fg_place> places_;
  std::vector<const fg_place*> place_pointers_;
  std::vector<std::pair<void*, std::size_t>> memory_;
  std::vector<fg_resource*> resources_;
  std::mutex mutex_;
  std::vector<std::pair<fg_finding, std::string>> findings_;
  fg_host table_{};
};

}  // namespace fairground::cli
