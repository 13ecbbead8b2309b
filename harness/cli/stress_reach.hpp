// How far the numbers of a workload can be turned up on this machine before one operation takes longer than a short
// trial can wait for: fibonacci of 50 would take minutes, and look like a hang.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "plan/draw.hpp"
#include "plan/parameter.hpp"

namespace fairground::cli {

// The largest sensible value of each parameter that has one below its own upper end, by key.
using Reach = std::map<std::string, double>;

// Does a trial of one worker with these parameters come to its end within the deadline of each of its phases?
using IsQuick = std::function<bool(const plan::Point&)>;

// All functions may be called from several threads.
class Reaches {
 public:
  // bounds: what draws keep to; a trial of one worker may have all of it.
  explicit Reaches(const plan::DrawBounds& bounds) : bounds_(bounds) {}

  // Found out by whoever asks for a workload first; who asks meanwhile waits. Tries each number that is no duration at
  // its upper end, all others at their default; where that is too slow, looks between the default and there.
  // Parameters of a family with the same name and range mean the same, and are tried once. Where the defaults are too
  // slow themselves, as they may be on a busy machine, nothing goes beyond them, and whoever asks next looks again,
  // with twice the patience; after four times nothing is bounded.
  Reach of(const plan::WorkloadInfo&, const IsQuick&);
  // "n up to 33": the workloads that are kept to that.
  [[nodiscard]] std::map<std::string, std::vector<std::string>> bounded() const;

 private:
  struct Known {
    bool asking = false;
    unsigned times = 0;  // that it was asked for
    std::optional<Reach> reach;
  };
  std::optional<Reach> look(const plan::WorkloadInfo&, const plan::Point& defaults, const IsQuick&);
  std::optional<double> known(const std::string& parameter) const;

  const plan::DrawBounds& bounds_;
  mutable std::mutex mutex_;  // of all below; not held while something is tried
  std::condition_variable changed_;
  std::map<std::string, Known> workloads_;
  std::map<std::string, double> parameters_;
  std::map<std::string, std::vector<std::string>> bounded_;
};

// The draw with its parameters within reach. True if that changed any.
bool keep_within(plan::Draw&, const plan::WorkloadInfo&, const Reach&);

}  // namespace fairground::cli
