// Keeps the trials that run side by side within their share of memory, processes and disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

namespace fairground::cli {

class StressWatch {
 public:
  struct Most {
    std::uint64_t memory_bytes = 0, tasks = 0;  // of each trial
    std::uint64_t disk_bytes = UINT64_MAX;      // of all trials' private folders together
    std::filesystem::path folder;               // which holds those
  };

  // Where a trial says that it runs, and is told to end.
  struct Place {
    std::atomic<std::int32_t> warden{0};
    std::atomic<bool> over{false};
    bool files = false;  // has a private folder
    std::string why;     // written before `over`
  };

  // Looks at the processes and folders of all trials some twenty times a second, from a thread of its own, which takes
  // at most two hundredths of a unit.
  StressWatch(unsigned jobs, Most most);
  ~StressWatch();
  StressWatch(const StressWatch&) = delete;
  StressWatch& operator=(const StressWatch&) = delete;

  Place& begin(unsigned job, bool files);
  // Why the trial was told to end; empty: it wasn't.
  std::string end(unsigned job);
  // Was the last trial there told to end?
  [[nodiscard]] bool was_over(unsigned job) const { return places_[job].over.load(); }

 private:
  void watch();
  void look(std::unique_lock<std::mutex>& lock);

  std::deque<Place> places_;
  Most most_;
  std::string scratch_front_;  // how private folders of this process begin
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::thread thread_;
};

}  // namespace fairground::cli
