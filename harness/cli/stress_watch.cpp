#include "cli/stress_watch.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/clock.hpp"
#include "base/maker.hpp"
#include "base/realtime.hpp"
#include "base/text.hpp"
#include "trial/footprint.hpp"

namespace fairground::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t look_every_ns = 50'000'000;
constexpr std::uint64_t most_of_a_unit = 50;  // its own time is one part in so many

// Blocks of the file system; of a file with several names a part for each.
std::uint64_t blocks_bytes(const fs::path& file) {
  struct stat s {};
  if (::lstat(file.c_str(), &s) != 0 || s.st_nlink == 0) return 0;
  return static_cast<std::uint64_t>(s.st_blocks) * 512 / (S_ISDIR(s.st_mode) ? 1 : s.st_nlink);
}

// In all folders that begin so. They change meanwhile: what is gone counts as nothing.
std::uint64_t bytes_below(const fs::path& parent, const std::string& front) {
  std::uint64_t sum = 0;
  std::error_code gone;
  for (fs::directory_iterator folder(parent, gone), end; !gone && folder != end; folder.increment(gone)) {
    if (!folder->path().filename().string().starts_with(front)) continue;
    std::error_code ended;
    for (fs::recursive_directory_iterator file(folder->path(), ended), last; !ended && file != last;
         file.increment(ended))
      sum += blocks_bytes(file->path());
  }
  return sum;
}

std::string bytes_text(std::uint64_t bytes) { return human_bytes(static_cast<double>(bytes)); }

}  // namespace

StressWatch::StressWatch(unsigned jobs, Most most)
    : places_(jobs),
      most_(std::move(most)),
      scratch_front_("fairground-scratch-" + Maker::self().mark()),
      thread_([this] { watch(); }) {}

StressWatch::~StressWatch() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

StressWatch::Place& StressWatch::begin(unsigned job, bool files) {
  const std::lock_guard lock(mutex_);
  Place& place = places_[job];
  place.over = false;
  place.files = files;
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
    look(lock);
    const std::uint64_t pause = std::max(look_every_ns, most_of_a_unit * (monotonic_ns() - begun));
    wake_.wait_for(lock, std::chrono::nanoseconds(pause), [&] { return done_; });
  }
}

// With the lock held, but while it measures.
void StressWatch::look(std::unique_lock<std::mutex>& lock) {
  std::vector<pid_t> wardens;
  bool files = false;
  for (const Place& place : places_) {
    wardens.push_back(place.warden.load());
    files = files || (wardens.back() != 0 && place.files);
  }
  if (std::ranges::all_of(wardens, [](pid_t pid) { return pid == 0; })) return;
  lock.unlock();
  const std::vector<trial::Footprint> taken = trial::footprints(wardens);
  const std::uint64_t disk_bytes = files ? bytes_below(most_.folder, scratch_front_) : 0;
  lock.lock();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    Place& place = places_[i];
    if (place.warden.load() != wardens[i] || wardens[i] == 0 || place.over) continue;
    if (taken[i].memory_bytes > most_.memory_bytes)
      place.why = fmt::format("it took {} of memory, and each trial may have {}", bytes_text(taken[i].memory_bytes),
                              bytes_text(most_.memory_bytes));
    else if (taken[i].tasks > most_.tasks)
      place.why =
          fmt::format("it had {} processes and threads, and each trial may have {}", taken[i].tasks, most_.tasks);
    else if (place.files && disk_bytes > most_.disk_bytes)
      place.why = fmt::format("files of all trials took {} of disk, and may have {}", bytes_text(disk_bytes),
                              bytes_text(most_.disk_bytes));
    place.over = !place.why.empty();
  }
}

}  // namespace fairground::cli
