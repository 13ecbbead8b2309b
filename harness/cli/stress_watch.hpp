// Keeps the trials that run side by side within their share of memory and processes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace fairground::cli {

class StressWatch {
 public:
  // Where a trial says that it runs, and is told to end.
  struct Place {
    std::atomic<std::int32_t> warden{0};
    std::atomic<bool> over{false};
    std::string why;  // written before `over`
  };

  // Looks at the processes of all trials some twenty times a second, from a thread of its own, which takes at most two
  // hundredths of a unit.
  StressWatch(unsigned jobs, std::uint64_t memory_bytes, std::uint64_t tasks);
  ~StressWatch();
  StressWatch(const StressWatch&) = delete;
  StressWatch& operator=(const StressWatch&) = delete;

  Place& begin(unsigned job);
  // Why the trial was told to end; empty: it wasn't.
  std::string end(unsigned job);
  // Was the last trial there told to end?
  [[nodiscard]] bool was_over(unsigned job) const { return places_[job].over.load(); }

 private:
  void watch();
  void look();

  std::deque<Place> places_;
  std::uint64_t memory_bytes_, tasks_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace fairground::cli
