// A machine, and a plan on it, drawn in text as a person would draw them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "machine/machine.hpp"
#include "machine/pinning.hpp"

namespace fairground::machine {

struct DrawStyle {
  bool ascii = false;      // else UTF-8
  unsigned columns = 100;  // no line is longer; at least 60 are taken
};

// Packages, NUMA nodes and shared caches as boxes in one another, with their sizes, cores inside; processing units and
// NUMA nodes by their OS indexes, packages and cores by their logical ones. On a machine of up to 16 cores each core is
// a box, which holds the workers of the plan (if there is one) as w0, w1, ...; on larger ones cores that are alike
// share a line, and of more than 8 boxes alike some are told only.
std::string draw(const Machine& machine, const Plan* plan = nullptr, const DrawStyle& style = {});

// What the plan is; the unit of each worker (up to 64 of them); the workers of each unit.
std::string draw_plan(const Machine& machine, const Plan& plan, const DrawStyle& style = {});

// "4 packages, 1 NUMA node, ...": of what may be used.
std::string summary(const Machine& machine);

// "0–3 8 12": numbers as they come, three and more that follow one another as a range.
std::vector<std::string> ranges(const std::vector<unsigned>& numbers, bool ascii);

// "w0 w2 w4"; of more than `most` (3 at least) the first ones, the last, and how many they are.
std::string worker_names(const std::vector<std::size_t>& workers, std::size_t most, bool ascii);

}  // namespace fairground::machine
