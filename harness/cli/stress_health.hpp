// What a stress run did to the machine, from its beginning to its end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "machine/health.hpp"
#include "trial/environment.hpp"

namespace fairground::cli {

class StressHealth {
 public:
  explicit StressHealth(const std::filesystem::path& root = "/")
      : root_(root),
        log_(root),
        before_(machine::HealthCounters::read(root)),
        environment_(trial::Environment::read(root)) {}

  // Every now and then: the kernel's log is of limited length, and heat passes.
  void look();
  // Sentences, for people; what the kernel doesn't show is named as such.
  std::vector<std::string> lines();

 private:
  std::filesystem::path root_;
  machine::KernelLog log_;
  machine::HealthCounters before_;
  trial::Environment environment_;
  std::vector<std::string> messages_;  // the first of them
  std::size_t message_count_ = 0;
  std::optional<double> hottest_celsius_;
};

}  // namespace fairground::cli
