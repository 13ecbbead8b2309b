// The screen while a trial runs: time left, then a line per contender. Lines only; Screen draws them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/style.hpp"
#include "trial/spec.hpp"

namespace fairground::cli {

struct LiveView {
  unsigned block = 0, blocks = 1;  // from 0
  unsigned trial = 0, trials = 1;  // from 0, controls included
  std::string label, group;
  std::string note;       // "as control of mutex"
  char prefix = 'w';      // w0, w1 ...: workers; c: other contenders
  double done_ratio = 0;  // of the whole run
  std::optional<std::uint64_t> left_ns;
  trial::Sample sample;  // no contenders: nothing seen yet
};

// At most 16 contenders; of the others one line says how many and how the worst of them fares.
inline constexpr std::size_t most_rows = 16;

std::vector<Line> live_lines(const LiveView&, const Style&);

// Each contender's share: its operations over its entitlement by placement; 1 is fair. NaN while there is no operation.
std::vector<double> live_shares(const trial::Sample&);

}  // namespace fairground::cli
