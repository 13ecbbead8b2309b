// Specs of trials with the tests' own plugins.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>

#include "load/plugin.hpp"
#include "trial/spec.hpp"

namespace fairground::trial {

#ifdef __SANITIZE_THREAD__
inline constexpr bool under_tsan = true;
#else
inline constexpr bool under_tsan = false;
#endif
inline constexpr const char* not_forked_under_tsan = "TSan has a thread of its own, so workers can't be forked";
inline constexpr const char* ended_by_tsan = "TSan ends what races on purpose, and waits for threads that stay";

inline const std::string hostile_folder = std::string(FAIRGROUND_BINARY_DIR) + "/hostile/";

// A spec for a workload of one of the tests' plugins, with its defaults but for `set`. Describing loads the plugin into
// the test itself, which is fine for the well-behaved ones: hostile acts are chosen by parameters.
inline Spec spec_for(const std::string& plugin, const std::string& id, const nlohmann::json& set, unsigned workers) {
  const std::string path = hostile_folder + plugin + ".so";
  Spec spec;
  spec.workload = load::describe(load::find_workload(load::open_plugin(path), id), path);
  spec.point.workload = id;
  spec.point.parameters = spec.workload.defaults();
  for (const auto& [key, value] : set.items()) {
    EXPECT_TRUE(spec.point.parameters.contains(key)) << id << " has no parameter " << key;
    spec.point.parameters[key] = value;
  }
  spec.point.workers = workers;
  for (unsigned i = 0; i < workers; ++i) spec.places.push_back({i % std::max(1u, std::thread::hardware_concurrency())});
  spec.point.time_ns = 200'000'000;
  spec.point.warmup_ns = 20'000'000;
  spec.point.deadline_ns = 1'000'000'000;
  spec.seed = 42;
  return spec;
}

}  // namespace fairground::trial
