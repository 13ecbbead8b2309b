#include "cli/stress_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/clock.hpp"
#include "base/realtime.hpp"
#include "base/text.hpp"
#include "trial/footprint.hpp"

namespace fairground::cli {
namespace {

constexpr std::uint64_t look_every_ns = 50'000'000;
constexpr std::uint64_t most_of_a_unit = 50;  // its own time is one part in so many

}  // namespace

StressWatch::StressWatch(unsigned jobs, std::uint64_t memory_bytes, std::uint64_t tasks)
    : places_(jobs), memory_bytes_(memory_bytes), tasks_(tasks), thread_([this] { watch(); }) {}

StressWatch::~StressWatch() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

StressWatch::Place& StressWatch::begin(unsigned job) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[job];
  place.over = false;
  place.why.clear();
  return place;
}

std::string StressWatch::end(unsigned job) {
  const std::lock_guard lock(mutex_);
  places_[job].warden = 0;
  return places_[job].over ? places_[job].why : "";
}

void StressWatch::watch() {
  be_realtime();  // workers may be it, too
  std::unique_lock lock(mutex_);
  while (!done_) {
    const std::uint64_t begun = monotonic_ns();
    look();
    const std::uint64_t pause = std::max(look_every_ns, most_of_a_unit * (monotonic_ns() - begun));
    wake_.wait_for(lock, std::chrono::nanoseconds(pause), [&] { return done_; });
  }
}

// With the lock held.
void StressWatch::look() {
  std::vector<pid_t> wardens;
  for (const Place& place : places_) wardens.push_back(place.warden.load());
  if (std::ranges::all_of(wardens, [](pid_t pid) { return pid == 0; })) return;
  const std::vector<trial::Footprint> taken = trial::footprints(wardens);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (place.warden.load() != wardens[i] || wardens[i] == 0 || place.over) continue;
    if (taken[i].memory_bytes > memory_bytes_)
      place.why = fmt::format("it took {} of memory, and each trial may have {}",
                              human_bytes(static_cast<double>(taken[i].memory_bytes)),
                              human_bytes(static_cast<double>(memory_bytes_)));
    else if (taken[i].tasks > tasks_)
      place.why = fmt::format("it had {} processes and threads, and each trial may have {}", taken[i].tasks, tasks_);
    place.over = !place.why.empty();
  }
}

}  // namespace fairground::cli
